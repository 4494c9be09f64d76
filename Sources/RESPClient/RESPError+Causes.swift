import NIOSSL

extension RESPError {
    static let clientClosed = RESPError(.closed, "the client was closed")

    /// Whether trying again soon may help: the server is unreachable, not ready yet, or the connection was lost.
    var isTransient: Bool {
        switch code {
        case .unreachable, .connectionLost, .deadlineExceeded: true
        case .server: server?.isMisdirection == true
        default: false
        }
    }

    static let closedByServer = RESPError(.connectionLost, "the server closed the connection")

    /// Returns the error for a failure below RESP, in the connection or in TLS.
    static func from(transport error: any Error) -> RESPError {
        switch error {
        case let error as RESPError: error
        case NIOSSLError.uncleanShutdown:
            RESPError(.connectionLost, "the server closed the connection without a TLS close notification")
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: RESPError(.tls, "\(error)")
        default: RESPError(.connectionLost, "\(error)")
        }
    }

    /// Returns the error for a server's error answer: `unauthorized` for NOAUTH and WRONGPASS, otherwise `server`.
    static func from(_ error: RESPServerError) -> RESPError {
        let isAboutLogin = error.kind == "NOAUTH" || error.kind == "WRONGPASS"
        return RESPError(isAboutLogin ? .unauthorized : .server, error.description, server: error)
    }

    /// Whether the command was certainly not carried out and may succeed over another connection.
    var isRetriable: Bool { code == .unreachable || (code == .server && server?.isMisdirection == true) }
}
