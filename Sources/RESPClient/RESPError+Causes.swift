import NIOSSL

extension RESPError {
    static let clientClosed = RESPError(.closed, "the client was closed")

    /// Whether trying again soon may help: nobody there, not yet there, or gone.
    var isTransient: Bool {
        switch code {
        case .unreachable, .connectionLost, .deadlineExceeded: true
        case .server: server?.isMisdirection == true
        default: false
        }
    }

    static let closedByServer = RESPError(.connectionLost, "the server closed the connection")

    /// What went wrong below RESP.
    static func from(transport error: any Error) -> RESPError {
        switch error {
        case let error as RESPError: error
        case NIOSSLError.uncleanShutdown:
            RESPError(.connectionLost, "the server closed the connection without TLS's goodbye")
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: RESPError(.tls, "\(error)")
        default: RESPError(.connectionLost, "\(error)")
        }
    }

    /// What a server's error means for a caller.
    static func from(_ error: RESPServerError) -> RESPError {
        let isAboutLogin = error.kind == "NOAUTH" || error.kind == "WRONGPASS"
        return RESPError(isAboutLogin ? .unauthorized : .server, error.description, server: error)
    }

    /// Whether the command was surely not carried out and may find a better connection.
    var isRetriable: Bool { code == .unreachable || (code == .server && server?.isMisdirection == true) }
}
