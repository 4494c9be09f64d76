/// What a client could not do.
public struct RESPError: Error, Sendable, CustomStringConvertible {
    /// The kind of error. More may come, so a `switch` over it needs a `default`.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        public let description: String
        init(_ description: String) { self.description = description }

        /// No connection could be made before the deadline; nothing was sent.
        public static let unreachable = Code("unreachable")
        /// The connection broke after the command was sent; whether it was carried out is unknown.
        public static let connectionLost = Code("connectionLost")
        /// No answer before the deadline; whether it was carried out is unknown.
        public static let deadlineExceeded = Code("deadlineExceeded")
        /// The server answered with an error; see ``RESPError/server``.
        public static let server = Code("server")
        /// The server refused user or password, or asked for one.
        public static let unauthorized = Code("unauthorized")
        /// The certificate or the handshake was refused.
        public static let tls = Code("tls")
        /// The bytes that came are no RESP, or beyond the limits; the connection was closed.
        public static let protocolViolation = Code("protocolViolation")
        /// The client was closed.
        public static let closed = Code("closed")
        /// The configuration makes no sense.
        public static let misconfigured = Code("misconfigured")
    }

    public let code: Code
    /// Never holds a password, nor any argument of a command.
    public let message: String
    public let server: RESPServerError?

    public init(_ code: Code, _ message: String, server: RESPServerError? = nil) {
        self.code = code
        self.message = message
        self.server = server
    }

    public var description: String { "\(code): \(message)" }
}
