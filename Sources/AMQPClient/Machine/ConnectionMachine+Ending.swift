import NIOCore

/// The end of a connection, from either side.
extension ConnectionMachine {
    /// Asks the server to close. Its answer, or the end of the transport, ends the connection.
    mutating func askToClose() {
        switch phase {
        case .open:
            sayGoodbye(Closing(code: 200, text: "goodbye"))
            phase = .closing
        case .greeting, .loggingIn, .opening: end(.clientClosed, cause: MethodID(0, 0))
        case .closing, .ended: break
        }
    }

    /// Ends the connection for a reason of this side; the server learns that the connection closes.
    mutating func close(_ error: AMQPError) {
        guard self.error == nil else { return }
        sayGoodbye(Closing(code: 200, text: "goodbye"))
        end(error, cause: MethodID(0, 0))
    }

    /// Ends the connection because the server broke the protocol.
    mutating func violated(_ violation: AMQPViolation) {
        guard error == nil else { return }
        sayGoodbye(Closing(code: violation.replyCode, text: String("\(violation)".prefix(200))))
        end(.violation(violation), cause: MethodID(0, 0))
    }

    /// Ends the connection because the transport did.
    mutating func transportEnded(_ error: AMQPError) {
        guard self.error == nil else { return }
        if case .closing = phase { return end(.clientClosed, cause: MethodID(0, 0)) }
        end(duringLogin(error), cause: MethodID(0, 0))
    }

    mutating func closedByServer(_ closing: Closing) throws(AMQPViolation) {
        try output.write(.connection(.closeOk), channel: 0)
        if case .closing = phase { return end(.clientClosed, cause: MethodID(0, 0)) }
        let server = AMQPServerError(closing)
        let error = AMQPError(isRefusalOfLogin(closing) ? .unauthorized : .server, "\(server)", server: server)
        end(error, cause: closing.cause)
    }

    /// 403 for the login, 530 for the virtual host.
    private func isRefusalOfLogin(_ closing: Closing) -> Bool {
        switch phase {
        case .loggingIn, .opening: closing.code == 403 || closing.code == 530
        case .greeting, .open, .closing, .ended: false
        }
    }

    /// Servers that do not announce refusals just close the transport.
    private func duringLogin(_ error: AMQPError) -> AMQPError {
        switch phase {
        case .loggingIn:
            AMQPError(.unreachable, "closed during the login, perhaps a wrong user or password: \(error.message)")
        case .greeting, .opening: AMQPError(error.code == .tls ? .tls : .unreachable, error.message)
        case .open, .closing, .ended: error
        }
    }

    /// Before the server has spoken, it understands no `close`.
    private mutating func sayGoodbye(_ closing: Closing) {
        if case .greeting = phase { return }
        do throws(AMQPViolation) {
            try output.write(.connection(.close(closing)), channel: 0)
        } catch {
            // Cannot happen: code and text are short. Without the method the server sees the end of the transport.
        }
    }

    mutating func end(_ error: AMQPError, cause: MethodID) {
        phase = .ended(error)
        blockedReason = nil
        for index in channels.indices {
            channels[index]?.fail(error, cause: cause, lost: .connectionLost, &output)
        }
        channels = [nil]
        output.events.append(.ended(error))
    }
}
