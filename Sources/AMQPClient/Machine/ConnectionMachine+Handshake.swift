import NIOCore

/// The methods of channel 0 (AMQP 0-9-1, section 2.2.4).
extension ConnectionMachine {
    mutating func takeMethod(_ method: Method, at now: NIODeadline) throws(AMQPViolation) {
        guard case .connection(let method) = method else { throw .unexpectedMethod(method.id) }
        switch (phase, method) {
        case (_, .close(let closing)): try closedByServer(closing)
        case (.closing, .closeOk): end(.clientClosed, cause: MethodID(0, 0))
        case (.closing, _), (.ended, _): break
        case (.greeting, .start(let major, let minor, let properties, let mechanisms, _)):
            guard (major, minor) == (0, 9) else { throw .otherVersion }
            negotiated.serverProperties = properties
            try logIn(mechanisms)
        case (.loggingIn, .secure): try answerChallenge()
        case (.loggingIn, .tune(let tuning)): try tune(tuning, at: now)
        case (.opening, .openOk):
            phase = .open
            output.events.append(.opened(negotiated))
        case (.open, .blocked(let reason)): block(reason)
        case (.open, .unblocked): block(nil)
        default: throw .unexpectedMethod(Method.connection(method).id)
        }
    }

    private mutating func logIn(_ mechanisms: String) throws(AMQPViolation) {
        let login = Login(configuration)
        do throws(AMQPError) {
            let mechanism = try login.mechanism(among: mechanisms)
            try respond(mechanism, login)
            phase = .loggingIn
        } catch {
            close(error)
        }
    }

    private mutating func respond(_ mechanism: AMQPConfiguration.Mechanism, _ login: Login) throws(AMQPError) {
        do throws(AMQPViolation) {
            let method = ConnectionMethod.startOk(
                clientProperties: login.clientProperties, mechanism: mechanism.rawValue,
                response: try login.response(to: mechanism), locale: "en_US")
            try output.write(.connection(method), channel: 0)
        } catch {
            throw AMQPError(.misconfigured, "the login or the connection's name cannot be sent: \(error)")
        }
    }

    /// No mechanism of ours needs a second step.
    private mutating func answerChallenge() throws(AMQPViolation) {
        close(AMQPError(.unauthorized, "the server asks for a second step of the login, which is not supported"))
    }

    private mutating func tune(_ server: ConnectionMethod.Tuning, at now: NIODeadline) throws(AMQPViolation) {
        let ours = Tuning(configuration)
        guard server.frameMax == 0 || server.frameMax >= UInt32(Frame.smallestLimit) else {
            throw .frameTooLarge(size: Frame.smallestLimit, limit: Int(server.frameMax))
        }
        let agreed = ours.agreed(with: server)
        tune(
            Negotiated(
                serverProperties: negotiated.serverProperties, channelMax: agreed.channelMax,
                frameMax: Int(agreed.frameMax), heartbeat: agreed.heartbeat), at: now)
        try output.write(.connection(.tuneOk(agreed)), channel: 0)
        do throws(AMQPViolation) {
            try output.write(.connection(.open(virtualHost: configuration.virtualHost)), channel: 0)
            phase = .opening
        } catch {
            close(AMQPError(.misconfigured, "the virtual host cannot be sent: \(error)"))
        }
    }

    private mutating func block(_ reason: String?) {
        blockedReason = reason
        output.events.append(.blocked(reason))
    }

    private typealias Tuning = ConnectionMethod.Tuning
}

extension ConnectionMethod.Tuning {
    /// The limits that the configuration asks for.
    init(_ configuration: AMQPConfiguration) {
        channelMax = UInt16(clamping: max(1, configuration.mostChannels))
        frameMax = UInt32(clamping: max(Frame.smallestLimit, configuration.largestFrame))
        let (seconds, attoseconds) = max(.zero, configuration.heartbeat).components
        heartbeat = UInt16(clamping: attoseconds > 0 && seconds < .max ? seconds + 1 : seconds)
    }

    /// The smaller of both sides counts; 0 from the server stands for "any". 0 from this side asks for no heartbeats.
    func agreed(with server: Self) -> Self {
        func smaller<Number: FixedWidthInteger>(_ ours: Number, _ theirs: Number) -> Number {
            theirs == 0 ? ours : min(ours, theirs)
        }
        return Self(
            channelMax: smaller(channelMax, server.channelMax), frameMax: smaller(frameMax, server.frameMax),
            heartbeat: heartbeat == 0 ? 0 : smaller(heartbeat, server.heartbeat))
    }
}
