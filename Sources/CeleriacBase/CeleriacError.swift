/// An error in Celeriac itself, as opposed to an error in a user's task (see ``TaskFailure``).
///
/// `description` says what was tried, on what, and what to do; it never contains a payload or a password.
public struct CeleriacError: Error, Sendable, CustomStringConvertible {
    /// The kind of error. More kinds may be added, so a `switch` over it needs a `default`.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        public let description: String
        public init(_ description: String) { self.description = description }

        public static let invalidName = Code("invalidName")
        public static let invalidURL = Code("invalidURL")
        public static let invalidConfiguration = Code("invalidConfiguration")
        public static let invalidSchedule = Code("invalidSchedule")
        public static let noApp = Code("noApp")
        public static let noResultBackend = Code("noResultBackend")
        public static let duplicateTask = Code("duplicateTask")
        public static let duplicateJob = Code("duplicateJob")
        public static let unknownTask = Code("unknownTask")
        public static let unknownQueue = Code("unknownQueue")
        public static let unknownTaskID = Code("unknownTaskID")
        public static let unknownZone = Code("unknownZone")
        public static let unknownEntry = Code("unknownEntry")
        public static let wrongResultType = Code("wrongResultType")
        public static let invalidArguments = Code("invalidArguments")
        public static let malformedMessage = Code("malformedMessage")
        public static let malformedZone = Code("malformedZone")
        public static let tooLarge = Code("tooLarge")
        public static let unsupported = Code("unsupported")
        public static let timeout = Code("timeout")
    }

    public let code: Code
    public let message: String
    public let underlying: (any Error)?

    public init(_ code: Code, _ message: String, underlying: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.underlying = underlying
    }

    public var description: String {
        underlying.map { "\(code): \(message) (\($0))" } ?? "\(code): \(message)"
    }
}
