import NIOCore

/// The last handler of a channel: carries out the machine's decisions. Lives on the channel's event loop.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let ending = Ending()
    /// Receives the reason for which the server accepts no messages, and `nil` when it accepts them again.
    var onBlocked: ((String?) -> Void)?
    /// Called once, when no further requests can be sent.
    var onEnd: (() -> Void)?
    var machine: ConnectionMachine
    var context: ChannelHandlerContext?
    var opened: Result<Negotiated, AMQPError>?
    var opening: EventLoopPromise<Negotiated>?
    var endings: [ChannelKey: Ending] = [:]
    /// The requests that wait because the channel, or a window of unconfirmed messages, is full.
    var held = CircularBuffer<Link.Request>()
    var deliveries: [(mailbox: Mailbox, items: [AMQPDelivery])] = []
    var fullMailboxes = 0
    var holdsRead = false
    var timer: Scheduled<Void>?
    var timerDue = NIODeadline.distantFuture

    init(_ configuration: AMQPConfiguration) {
        machine = ConnectionMachine(configuration, now: .now())
    }

    /// Returns the result of the handshake once it is done.
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
        var earliest = NIODeadline.distantFuture
        for case .call(let call) in requests { earliest = min(earliest, call.due) }
        sendHeld()
        checkUp(ifDueBefore: earliest)
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

    func sendHeld() {
        guard let context else { return refuseHeld() }
        while context.channel.isWritable || machine.error != nil, let request = held.popFirst() {
            let isDone = take(request)
            if !isDone { held.prepend(request) }
            if machine.output.bytes.readableBytes >= Output.largestWrite {
                writeAndFlush(context)
            } else if !isDone {
                break  // until some messages are confirmed
            }
        }
        carryOut()
    }

    /// - Returns: whether nothing of it is left.
    private func take(_ request: Link.Request) -> Bool {
        switch request {
        case .call(let call): return machine.send(call)
        case .settle(let key, let method): machine.settle(method, on: key)
        case .abandon(let key): machine.abandon(key)
        case .abandonConsumer(let key, let tag, let mailbox): abandon(tag, mailbox, on: key)
        }
        return true
    }

    func abandon(_ tag: String, _ mailbox: Mailbox, on key: ChannelKey) {
        deliver()
        machine.abandon(consumer: tag, on: key)
        let (items, wasFull) = mailbox.abandon()
        if wasFull { resumeReading() }
        machine.giveBack(items, on: key)
    }

    func refuseHeld() {
        while let request = held.popFirst() { _ = take(request) }
        carryOut()
    }

    func writeAndFlush(_ context: ChannelHandlerContext) {
        if let bytes = machine.takeBytes(at: .now()) { context.writeAndFlush(wrapOutboundOut(bytes), promise: nil) }
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
        if held.isEmpty { carryOut() } else { sendHeld() }
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
