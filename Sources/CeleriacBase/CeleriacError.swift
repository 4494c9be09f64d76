/// An error in Celeriac itself, as opposed to an error in a user's task (see ``TaskFailure``).
///
/// `description` says what was tried, on what, and what to do; it never contains a payload or a password.
public struct CeleriacError: Error, Sendable, CustomStringConvertible {
    /// The kind of error. More kinds may be added, so a `switch` over it needs a `default`.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The name of the code, as logs show it.
        public let description: String
        /// Makes a code. Stores and other libraries may add their own.
        public init(_ description: String) { self.description = description }

        /// A name that cannot be used: of a queue, a task, a worker or an entry.
        public static let invalidName = Code("invalidName")
        /// A URL of a backend that cannot be read, or that no known backend answers to.
        public static let invalidURL = Code("invalidURL")
        /// A setting that is missing or has an impossible value.
        public static let invalidConfiguration = Code("invalidConfiguration")
        /// A schedule that has no ticks, or an entry that cannot be declared.
        public static let invalidSchedule = Code("invalidSchedule")
        /// There is no current app to send through.
        public static let noApp = Code("noApp")
        /// The app keeps no results.
        public static let noResultBackend = Code("noResultBackend")
        /// Two tasks have one name.
        public static let duplicateTask = Code("duplicateTask")
        /// Another job has this id.
        public static let duplicateJob = Code("duplicateJob")
        /// The app does not allow this queue.
        public static let unknownQueue = Code("unknownQueue")
        /// Nothing is known of the id of a call.
        public static let unknownTaskID = Code("unknownTaskID")
        /// No time zone has this name.
        public static let unknownZone = Code("unknownZone")
        /// The schedule has no entry of this name.
        public static let unknownEntry = Code("unknownEntry")
        /// A result does not have the type of its handle.
        public static let wrongResultType = Code("wrongResultType")
        /// Arguments or options that the called operation cannot take.
        public static let invalidArguments = Code("invalidArguments")
        /// A message does not have the form that its content type or protocol requires.
        public static let malformedMessage = Code("malformedMessage")
        /// The data of a time zone cannot be read.
        public static let malformedZone = Code("malformedZone")
        /// A message, a result or another text exceeds its limit.
        public static let tooLarge = Code("tooLarge")
        /// The stores of the app, or this version, cannot do it; the message says what can.
        public static let unsupported = Code("unsupported")
        /// The time that the caller allowed is over; what it waited for continues.
        public static let timeout = Code("timeout")
    }

    /// The kind of error.
    public let code: Code
    /// What was tried, on what, and what to do.
    public let message: String
    /// The error that caused this one; `nil` if there was none.
    public let underlying: (any Error)?

    /// Makes an error. The message must contain no payload and no password.
    public init(_ code: Code, _ message: String, underlying: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.underlying = underlying
    }

    /// The code, the message and the underlying error.
    public var description: String {
        underlying.map { "\(code): \(message) (\($0))" } ?? "\(code): \(message)"
    }
}
