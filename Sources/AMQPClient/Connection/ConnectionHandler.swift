import NIOCore

/// The last handler of a channel: carries out the machine's decisions. Lives on the channel's event loop.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Requests are encoded until so many bytes have gathered; then these are handed to the channel, which may be full.
    static let largestWrite = 256 << 10

    let ending = Ending()
    /// Receives the reason for which the server accepts no messages, and `nil` when it accepts them again.
    var onBlocked: ((String?) -> Void)?
    /// Called once, when no further requests can be sent.
    var onEnd: (() -> Void)?
    private var machine: ConnectionMachine
    private var context: ChannelHandlerContext?
    private var opened: Result<Negotiated, AMQPError>?
    private var opening: EventLoopPromise<Negotiated>?
    private var endings: [ChannelKey: Ending] = [:]
    /// What waits because the channel is full.
    private var held = CircularBuffer<Link.Request>()
    private var deliveries: [(mailbox: Mailbox, items: [AMQPDelivery])] = []
    private var fullMailboxes = 0
    private var holdsRead = false
    private var timer: Scheduled<Void>?
    private var timerDue = NIODeadline.distantFuture

    init(_ configuration: AMQPConfiguration) {
        machine = ConnectionMachine(configuration, now: .now())
    }

    /// What the handshake agreed on, once it is done.
    func whenOpen(on loop: any EventLoop) -> EventLoopFuture<Negotiated> {
        switch opened {
        case .success(let negotiated)?: return loop.makeSucceededFuture(negotiated)
        case .failure(let error)?: return loop.makeFailedFuture(error)
        case nil:
            let promise = opening ?? loop.makePromise()
            opening = promise
            return promise.futureResult
        }
    }

    /// Writes requests in one flush, as far as the channel takes them.
    func send(_ requests: [Link.Request]) {
        held.append(contentsOf: requests)
        sendHeld()
    }

    /// Closes the connection at once. Awaited calls fail with this reason, however long TLS takes to shut down.
    func close(_ error: AMQPError) {
        machine.close(error)
        carryOut()
    }

    /// Asks the server to close the connection. Without its answer in time the connection is closed all the same.
    func closeOrderly(due: NIODeadline) {
        machine.askToClose()
        carryOut()
        guard let context, machine.error == nil else { return }
        context.eventLoop.assumeIsolated().scheduleTask(deadline: due) { self.close(.clientClosed) }
    }

    func resumeReading() {
        fullMailboxes = max(0, fullMailboxes - 1)
        guard fullMailboxes == 0 else { return }
        machine.isPaused = false
        if holdsRead, let context {
            holdsRead = false
            context.read()
        }
    }

    private func sendHeld() {
        guard let context else { return refuseHeld() }
        var earliest = NIODeadline.distantFuture
        while context.channel.isWritable || machine.error != nil, let request = held.popFirst() {
            if case .call(let call) = request { earliest = min(earliest, call.due) }
            take(request)
            if machine.output.bytes.readableBytes > Self.largestWrite { writeAndFlush(context) }
        }
        for case .call(let call) in held { earliest = min(earliest, call.due) }
        carryOut()
        checkUp(ifDueBefore: earliest)
    }

    private func take(_ request: Link.Request) {
        switch request {
        case .call(let call): machine.send(call)
        case .settle(let key, let method): machine.settle(method, on: key)
        case .abandon(let key): machine.abandon(key)
        case .abandonConsumer(let key, let tag, let mailbox): abandon(tag, mailbox, on: key)
        }
    }

    private func abandon(_ tag: String, _ mailbox: Mailbox, on key: ChannelKey) {
        deliver()
        machine.abandon(consumer: tag, on: key)
        if mailbox.lift() { resumeReading() }
        machine.giveBack(mailbox.drain().items, on: key)
    }

    private func refuseHeld() {
        while let request = held.popFirst() { take(request) }
        carryOut()
    }

    private func writeAndFlush(_ context: ChannelHandlerContext) {
        if let bytes = machine.takeBytes(at: .now()) { context.writeAndFlush(wrapOutboundOut(bytes), promise: nil) }
    }
}

// MARK: What the machine wants

extension ConnectionHandler {
    /// Carries out the events, then writes what they and the requests have brought.
    private func carryOut() {
        while case let events = machine.takeEvents(), !events.isEmpty {
            for event in events { carryOut(event) }
        }
        deliver()
        guard let context else { return }
        writeAndFlush(context)
        if machine.error != nil { context.close(promise: nil) }
    }

    private func carryOut(_ event: Event) {
        switch event {
        case .opened(let negotiated): open(.success(negotiated))
        case .answered(let call, let answer): finish(call, answer)
        case .settled(let settled): settled.call.settle(settled.index, settled.outcome)
        case .failed(let call, let error): call.fail(error)
        case .delivered(let mailbox, let delivery): gather(delivery, for: mailbox)
        case .consumerEnded(let mailbox, let error):
            deliver()
            mailbox.close(error)
        case .channelEnded(let key, let error): endings.removeValue(forKey: key)?.end(error)
        case .blocked(let reason): onBlocked?(reason)
        case .ended(let error): end(error)
        }
    }

    /// Hands an answer to its caller. If the caller has given up, what the answer brought is given back.
    private func finish(_ call: Call, _ answer: Call.Answer) {
        if case (.openChannel(let ending), .channel(let key)) = (call.request, answer) { endings[key] = ending }
        guard !call.finish(.success(answer)) else { return }
        switch (call.request, answer) {
        case (_, .delivery(let delivery)): machine.giveBack([delivery], on: delivery.channel)
        case (_, .channel(let key)): machine.abandon(key)
        case (.consume(let consumption, _, let mailbox), _):
            if let key = call.channel { abandon(consumption.consumerTag, mailbox, on: key) }
        default: break
        }
    }

    private func gather(_ delivery: AMQPDelivery, for mailbox: Mailbox) {
        if let last = deliveries.indices.last, deliveries[last].mailbox === mailbox {
            deliveries[last].items.append(delivery)
        } else {
            deliveries.append((mailbox, [delivery]))
        }
    }

    private func deliver() {
        for (mailbox, items) in deliveries where mailbox.put(items) {
            fullMailboxes += 1
            machine.isPaused = true
        }
        deliveries.removeAll(keepingCapacity: true)
    }

    private func open(_ result: Result<Negotiated, AMQPError>) {
        guard opened == nil else { return }
        opened = result
        switch result {
        case .success(let negotiated):
            opening?.succeed(negotiated)
            checkUp(ifDueBefore: machine.heartbeat.next)
        case .failure(let error): opening?.fail(error)
        }
        opening = nil
    }

    private func end(_ error: AMQPError) {
        timer?.cancel()
        ending.end(error)
        open(.failure(error))
        onBlocked?(nil)
        onEnd?()
        (onBlocked, onEnd) = (nil, nil)
    }
}

// MARK: Time

extension ConnectionHandler {
    private func checkUp(ifDueBefore due: NIODeadline) {
        guard due < timerDue, let context, machine.error == nil else { return }
        timer?.cancel()
        timerDue = due
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: due) { self.checkUp() }
    }

    private func checkUp() {
        timerDue = .distantFuture
        let now = NIODeadline.now()
        let checkUp = machine.checkUp(at: now)
        for call in checkUp.expired { call.expire() }
        let next = min(checkUp.next, expireHeld(at: now))
        if checkUp.isDead {
            return lose(AMQPError(.connectionLost, "the server has been silent for two heartbeats"))
        }
        carryOut()
        self.checkUp(ifDueBefore: next)
    }

    /// Expires the calls that wait to be written; returns the next deadline among them.
    private func expireHeld(at now: NIODeadline) -> NIODeadline {
        var next = NIODeadline.distantFuture
        for case .call(let call) in held {
            if call.due <= now { call.expire() } else { next = min(next, call.due) }
        }
        held.removeAll { if case .call(let call) = $0 { call.isFinished } else { false } }
        return next
    }

    /// Gives the transport up.
    private func lose(_ error: AMQPError) {
        machine.transportEnded(error)
        carryOut()
    }
}

// MARK: What the channel says

extension ConnectionHandler {
    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        // After TLS's handshake, or at once: TLS holds back what is written before.
        if context.channel.isActive { carryOut() }
    }

    func channelActive(context: ChannelHandlerContext) {
        carryOut()
        context.fireChannelActive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        lose(.closedByServer)
        self.context = nil
        refuseHeld()
    }

    func channelInactive(context: ChannelHandlerContext) {
        lose(.closedByServer)
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        machine.received(unwrapInboundIn(data), at: .now())
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        carryOut()
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable, !held.isEmpty { sendHeld() }
        context.fireChannelWritabilityChanged()
    }

    func read(context: ChannelHandlerContext) {
        if machine.isPaused { holdsRead = true } else { context.read() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { lose(.from(transport: error)) }
}
