/// An error of the client.
public struct AMQPError: Error, Sendable, CustomStringConvertible {
    /// The kind of error. More kinds may be added, so a `switch` over it needs a `default`.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        public let description: String
        init(_ description: String) { self.description = description }

        /// No connection could be made, or the call could not be sent before its deadline; nothing was done.
        public static let unreachable = Code("unreachable")
        /// The connection was lost after the call was sent; whether the server carried it out is unknown.
        public static let connectionLost = Code("connectionLost")
        /// The channel was closed because of another call after this one was sent; whether the server carried it out is
        /// unknown.
        public static let channelLost = Code("channelLost")
        /// The channel was closed before the call was sent; nothing was done.
        public static let channelClosed = Code("channelClosed")
        /// No answer arrived before the deadline; whether the server carried the call out is unknown.
        public static let deadlineExceeded = Code("deadlineExceeded")
        /// The server refused the call and closed the channel or the connection; its reason is in ``AMQPError/server``.
        public static let server = Code("server")
        /// The server refused the user, the password, the certificate or the virtual host.
        public static let unauthorized = Code("unauthorized")
        /// The certificate or the handshake of TLS was refused.
        public static let tls = Code("tls")
        /// The received bytes are not AMQP 0-9-1, or exceed the limits; the connection was closed.
        public static let protocolViolation = Code("protocolViolation")
        /// The server's memory or disk is short, and it accepts no messages (`connection.blocked`); nothing was sent.
        public static let blocked = Code("blocked")
        /// No queue is bound for the message, so the server returned it.
        public static let unroutable = Code("unroutable")
        /// The server confirmed the message negatively: a queue is full (`x-overflow: reject-publish`), or failed.
        public static let refused = Code("refused")
        /// The server cancelled the consumer: its queue was deleted, or failed over.
        public static let consumerCancelled = Code("consumerCancelled")
        /// A name, a table or a tag cannot be sent; nothing was sent.
        public static let invalid = Code("invalid")
        /// This client closed the connection or the channel. Whether a call that was sent before was carried out is
        /// unknown.
        public static let closed = Code("closed")
        /// The configuration is invalid.
        public static let misconfigured = Code("misconfigured")
    }

    public let code: Code
    /// Never contains a password, a header or a body.
    public let message: String
    /// The reason that the server gave.
    public let server: AMQPServerError?

    public init(_ code: Code, _ message: String, server: AMQPServerError? = nil) {
        self.code = code
        self.message = message
        self.server = server
    }

    public var description: String { "\(code): \(message)" }

    /// Whether the call may have been carried out although it failed. If false, the server has not carried it out.
    public var mayHaveBeenDone: Bool {
        [.connectionLost, .channelLost, .deadlineExceeded, .closed].contains(code)
    }
}

/// The reason that the server gave when it closed a channel or a connection, or returned a message.
public struct AMQPServerError: Sendable, Hashable, CustomStringConvertible {
    /// The reply code: 404 not found, 405 locked, 406 other arguments, 312 no route, 320 closed by an operator, …
    public let code: UInt16
    /// Up to 255 bytes, for example `NOT_FOUND - no queue 'mail' in vhost '/'`.
    public let text: String
    /// The method that was the cause, such as `queue.declare`; `nil` if no method was.
    public let method: String?

    public init(code: UInt16, text: String, method: String? = nil) {
        self.code = code
        self.text = text
        self.method = method
    }

    /// No queue or exchange of that name (404).
    public var isNotFound: Bool { code == 404 }
    /// Another connection holds it exclusively (405).
    public var isLocked: Bool { code == 405 }
    /// It exists with other properties or arguments, or a delivery tag is unknown (406).
    public var isPreconditionFailed: Bool { code == 406 }

    public var description: String { "\(code) \(text)\(method.map { " (\($0))" } ?? "")" }
}
