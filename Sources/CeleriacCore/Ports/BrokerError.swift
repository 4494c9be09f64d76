/// An operation that a broker or result backend could not complete.
public struct BrokerError: Error, Sendable, CustomStringConvertible {
    /// The kind of error. More kinds may be added, so a `switch` over it needs a `default`.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        public let description: String
        public init(_ description: String) { self.description = description }

        /// The server or file cannot be reached, opened or created.
        public static let unreachable = Code("unreachable")
        /// The connection was open, and then was lost.
        public static let connectionLost = Code("connectionLost")
        /// No answer came within the deadline; whether the request was carried out is unknown.
        public static let deadlineExceeded = Code("deadlineExceeded")
        /// Others held it for too long (for example a locked file).
        public static let busy = Code("busy")
        /// No space is left.
        public static let full = Code("full")
        /// The store is read-only, for example while another server takes over from it.
        public static let readOnly = Code("readOnly")
        /// Stored data cannot be read.
        public static let corrupt = Code("corrupt")
        /// The store has another version, or is not a store of Celeriac.
        public static let incompatible = Code("incompatible")
        /// The broker refused the request itself.
        public static let refused = Code("refused")
        /// Another worker of this name is alive.
        public static let nameTaken = Code("nameTaken")
        /// It was closed by this process.
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

    /// Whether the same request may succeed a little later.
    public var isTransient: Bool {
        [.connectionLost, .deadlineExceeded, .busy, .unreachable, .full, .readOnly].contains(code)
    }

    public var description: String {
        underlying.map { "\(code): \(message) (\($0))" } ?? "\(code): \(message)"
    }
}
