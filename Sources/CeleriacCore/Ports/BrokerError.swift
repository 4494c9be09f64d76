/// What a broker or result backend could not do.
public struct BrokerError: Error, Sendable, CustomStringConvertible {
    /// The kind of error. More may come, so a `switch` over it needs a `default`.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        public let description: String
        public init(_ description: String) { self.description = description }

        /// The server or file cannot be reached, opened or created.
        public static let unreachable = Code("unreachable")
        /// It was reached, and then went away.
        public static let connectionLost = Code("connectionLost")
        /// It did not answer within the deadline; whether it did what was asked is unknown.
        public static let deadlineExceeded = Code("deadlineExceeded")
        /// Others held it for too long (a locked file).
        public static let busy = Code("busy")
        /// No room is left.
        public static let full = Code("full")
        /// It may not be written.
        public static let readOnly = Code("readOnly")
        /// What is stored cannot be read.
        public static let corrupt = Code("corrupt")
        /// It is of another version, or no store of ours.
        public static let incompatible = Code("incompatible")
        /// The broker refused the request itself.
        public static let refused = Code("refused")
        /// It was closed by us.
        public static let closed = Code("closed")
    }

    public let code: Code
    public let message: String
    public let underlying: (any Error)?

    public init(_ code: Code, _ message: String, underlying: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.underlying = underlying
    }

    /// Whether the same request may well succeed a little later.
    public var isTransient: Bool {
        [.connectionLost, .deadlineExceeded, .busy, .unreachable, .full].contains(code)
    }

    public var description: String {
        underlying.map { "\(code): \(message) (\($0))" } ?? "\(code): \(message)"
    }
}
