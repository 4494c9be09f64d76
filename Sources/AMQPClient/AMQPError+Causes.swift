import NIOSSL

extension AMQPError {
    static let clientClosed = AMQPError(.closed, "the connection was closed by this client")
    static let channelClosedByClient = AMQPError(.closed, "the channel was closed by this client")
    static let closedByServer = AMQPError(.connectionLost, "the server closed the connection")

    /// Whether trying again soon may help: no server was reached, or the connection was lost.
    public var isTransient: Bool {
        switch code {
        case .unreachable, .connectionLost, .channelLost, .channelClosed, .deadlineExceeded, .blocked: true
        // 311 too large is final; 320, 541 and 542 are reasons of an operator or of a server that fails.
        case .server: server.map { [320, 541, 542].contains($0.code) } ?? false
        default: false
        }
    }

    /// Returns the error for a failure below AMQP, in the connection or in TLS.
    static func from(transport error: any Error) -> AMQPError {
        switch error {
        case let error as AMQPError: error
        case NIOSSLError.uncleanShutdown:
            AMQPError(.connectionLost, "the server closed the connection without TLS's goodbye")
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: AMQPError(.tls, "\(error)")
        default: AMQPError(.connectionLost, "\(error)")
        }
    }

    static func violation(_ violation: AMQPViolation) -> AMQPError {
        AMQPError(.protocolViolation, "the server sent \(violation)")
    }

    /// The error for a call that cannot be written.
    static func invalid(_ violation: AMQPViolation) -> AMQPError { AMQPError(.invalid, "\(violation)") }

    /// The error for a call that was sent and not answered when its channel or connection ended with this error.
    func forUnanswered(_ lost: Code) -> AMQPError {
        code == .server ? AMQPError(lost, message, server: server) : self
    }

    /// The error for a call that was not sent, because its channel or connection had ended with this error.
    func forUnsent(_ gone: Code) -> AMQPError {
        [.server, .connectionLost, .channelLost].contains(code) ? AMQPError(gone, message, server: server) : self
    }

    func at(_ place: String) -> AMQPError { AMQPError(code, "\(place): \(message)", server: server) }
}
