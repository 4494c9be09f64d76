/// An error of the client.
public struct RESPError: Error, Sendable, CustomStringConvertible {
    /// The kind of error. More kinds may be added, so a `switch` over it needs a `default`.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        public let description: String
        init(_ description: String) { self.description = description }

        /// No connection could be made before the deadline; nothing was sent.
        public static let unreachable = Code("unreachable")
        /// The connection was lost after the command was sent; whether the command was carried out is unknown.
        public static let connectionLost = Code("connectionLost")
        /// No answer arrived before the deadline; whether the command was carried out is unknown.
        public static let deadlineExceeded = Code("deadlineExceeded")
        /// The server answered with an error, found in ``RESPError/server``.
        public static let server = Code("server")
        /// The server refused the user or the password, or requires one.
        public static let unauthorized = Code("unauthorized")
        /// The certificate or the handshake was refused.
        public static let tls = Code("tls")
        /// The received bytes are not RESP, or exceed the limits; the connection was closed.
        public static let protocolViolation = Code("protocolViolation")
        /// The client was closed.
        public static let closed = Code("closed")
        /// The configuration is invalid.
        public static let misconfigured = Code("misconfigured")
    }

    public let code: Code
    /// Never contains a password, nor any argument of a command.
    public let message: String
    public let server: RESPServerError?

    public init(_ code: Code, _ message: String, server: RESPServerError? = nil) {
        self.code = code
        self.message = message
        self.server = server
    }

    public var description: String { "\(code): \(message)" }
}
