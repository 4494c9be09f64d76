import NIOCore

/// Lone calls of callers that use the socket themselves, see ``DirectLine``.
extension ConnectionHandler {
    /// Lets callers use the socket of an unencrypted connection for commands.
    func openLine(of channel: any Channel) -> DirectLine? {
        guard machine.purpose == .commands, configuration.tls == nil, configuration.directWait > .zero else {
            return nil
        }
        line = SharedSocket(of: channel).map { DirectLine($0, configuration) }
        return line
    }

    /// Takes the socket back from callers.
    ///
    /// - Returns: `false` if one of them is in the middle of a call.
    func takeSocket(forCalls: Bool = true) -> Bool {
        guard let line else { return true }
        guard line.take(forCalls: forCalls) else { return false }
        hasTakenSocket()
        return true
    }

    private func hasTakenSocket() {
        hasLeftSocket = false
        readIfHeld()
    }

    /// Goes on with a call that its caller could not finish.
    func takeOver(_ rest: DirectLine.Rest) {
        line?.takeOver()
        hasTakenSocket()
        guard let context else { return rest.call.finish(.failure(reason ?? .closedByServer)) }
        machine.wrote(rest.call)
        if rest.unsent.readableBytes > 0 { context.writeAndFlush(wrapOutboundOut(rest.unsent), promise: nil) }
        checkUp(ifDueBefore: rest.call.due)
        if rest.received.readableBytes > 0 { received(rest.received) }
        deliver()
    }

    /// Passes on the answer that a caller received itself, because it may belong to another server.
    func deliver(_ answer: Call.Answer, to call: Call) {
        line?.takeOver()
        hasTakenSocket()
        answered.append((call, answer))
        deliver()
        closeIfRetired()
    }
}
