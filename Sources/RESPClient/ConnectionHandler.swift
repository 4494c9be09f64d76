import NIOCore

/// The last handler of a channel: carries out the machine's decisions. Lives on the channel's event loop.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let configuration: RESPConfiguration
    var machine: ConnectionMachine
    /// Lets callers use the socket while this handler awaits nothing.
    var line: DirectLine?
    private(set) var context: ChannelHandlerContext?
    private(set) var reason: RESPError?
    private var timer: Scheduled<Void>?
    private var timerDue = NIODeadline.distantFuture
    private var isRetired = false
    private var holdsRead = false
    /// Whether callers may use the socket, so that nothing is read from it here.
    var hasLeftSocket = false
    /// The answers of one read, passed to their callers together.
    var answered: [(Call, Call.Answer)] = []
    private var pushed: [[RESPValue]] = []
    /// Receives calls that another connection may carry out. If it is `nil`, the callers receive the refusal.
    var onMisdirection: (([Call]) -> Void)?
    /// Called once, when no further calls can be written.
    var onEnd: (() -> Void)?
    /// Receives the messages of a subscription.
    var mailbox: Mailbox?

    init(purpose: ConnectionMachine.Purpose, configuration: RESPConfiguration) {
        self.configuration = configuration
        machine = ConnectionMachine(purpose: purpose, configuration: configuration, now: .now())
    }

    /// Whether calls can still be written.
    var isOpen: Bool { context != nil && !isRetired }

    /// Writes calls in one flush, except those that have finished meanwhile.
    func write(_ calls: [Call]) {
        guard let context, isOpen else {
            return calls.forEach { $0.finish(.failure(notWritten)) }
        }
        var buffer = context.channel.allocator.buffer(capacity: 512)
        for call in calls where call.claimForWriting() {
            call.write(to: &buffer)
            machine.wrote(call)
        }
        if buffer.readableBytes > 0 { context.writeAndFlush(wrapOutboundOut(buffer), promise: nil) }
        checkUp(ifDueBefore: calls.lazy.map(\.due).min() ?? .distantFuture)
    }

    /// The error for calls that cannot be written. It is never `connectionLost`, which would say that the command may
    /// have been carried out.
    private var notWritten: RESPError {
        guard let reason, !reason.isTransient else { return RESPError(.unreachable, "the connection was closed") }
        return reason
    }

    /// Sends commands whose confirmations arrive as messages.
    func subscribe(with commands: [RESPCommand], to mailbox: Mailbox) {
        self.mailbox = mailbox
        guard let context, isOpen else { return mailbox.close(reason ?? .closedByServer) }
        var buffer = context.channel.allocator.buffer(capacity: 512)
        for command in commands { command.write(to: &buffer) }
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    func speakRESP3() { machine.speaksRESP3 = true }

    /// Closes the connection. Awaited calls fail with this reason at once, however long TLS takes to shut down.
    func close(_ reason: RESPError) {
        guard let context else { return }
        end(reason)
        context.close(promise: nil)
    }

    func resumeReading() {
        guard machine.isPaused else { return }
        machine.isPaused = false
        readIfHeld()
    }

    func readIfHeld() {
        guard holdsRead, !machine.isPaused, let context else { return }
        holdsRead = false
        context.read()
    }

    func checkUp(ifDueBefore due: NIODeadline) {
        guard due < timerDue, let context else { return }
        timer?.cancel()
        timerDue = due
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: due) { self.checkUp() }
    }

    private func checkUp() {
        timerDue = .distantFuture
        guard let context else { return }
        guard takeSocket(forCalls: false) else { return checkUp(ifDueBefore: .now() + .milliseconds(10)) }
        let checkUp = machine.checkUp(at: .now())
        for call in checkUp.expired { call.expire("no connection in time") }
        switch checkUp.verdict {
        case .fine: break
        case .askForSign: ask(context)
        case .giveUp: return close(RESPError(.connectionLost, "the server no longer answers"))
        }
        self.checkUp(ifDueBefore: checkUp.next)
    }

    private func ask(_ context: ChannelHandlerContext) {
        var buffer = context.channel.allocator.buffer(capacity: 16)
        let ping = Call(.one(RESPCommand("PING")), due: .distantFuture)
        ping.write(to: &buffer)
        // In RESP2 a subscriber receives the answer as a message, so no answer is awaited. Before it subscribes, which
        // may happen late, it still receives an ordinary answer.
        if mailbox == nil || machine.speaksRESP3 { machine.wrote(ping) }
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }
}

// MARK: What the channel says

extension ConnectionHandler {
    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        checkUp()
    }

    func handlerRemoved(context: ChannelHandlerContext) { end(.closedByServer) }

    func channelInactive(context: ChannelHandlerContext) {
        end(.closedByServer)
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Without being asked to, the channel reads only when the connection has ended. The caller then hands over.
        if line?.isWithCaller != true { received(unwrapInboundIn(data)) }
    }

    func received(_ bytes: ByteBuffer) {
        machine.received(bytes, at: .now())
        do {
            while let event = try machine.next() { take(event) }
        } catch {
            close(RESPError(.protocolViolation, error.description))
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // First, because a caller that has its answer may have the next call.
        if machine.owesNothing, line?.leave() == true { hasLeftSocket = true }
        deliver()
        closeIfRetired()
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        if machine.isPaused || hasLeftSocket { holdsRead = true } else { context.read() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { close(.from(transport: error)) }

    func closeIfRetired() {
        if isRetired, machine.owesNothing { context?.close(promise: nil) }
    }

    private func take(_ event: ConnectionMachine.Event) {
        switch event {
        case .answered(let call, let answer): answered.append((call, answer))
        case .pushed(let elements): if mailbox != nil { pushed.append(elements) }
        case .refused(let error): mailbox?.close(RESPError.from(error))
        }
    }

    func deliver() {
        var misdirected: [Call] = []
        for (call, answer) in answered {
            if onMisdirection != nil, let refusal = call.misdirection(in: answer) {
                call.wasRefused(refusal)
                misdirected.append(call)
            } else {
                call.finish(.success(answer))
            }
        }
        answered.removeAll(keepingCapacity: true)
        if !misdirected.isEmpty {
            isRetired = true
            // The connection stays open for the answers that it still awaits.
            onMisdirection?(misdirected)
        }
        guard !pushed.isEmpty, let mailbox else { return }
        machine.isPaused = mailbox.put(pushed)
        pushed = []
    }

    private func end(_ reason: RESPError) {
        guard context != nil else { return }
        deliver()
        context = nil
        self.reason = reason
        timer?.cancel()
        line?.close()
        for call in machine.abandon() { call.finish(.failure(reason)) }
        mailbox?.close(reason)
        onEnd?()
        (mailbox, onMisdirection, onEnd) = (nil, nil, nil)
    }
}
