/// Why a JSON text was refused. Contains the position, never the input.
public struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of error. More kinds may be added, so a `switch` over it needs a `default`.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The name of the code, as logs show it.
        public let description: String
        /// Makes a code. Decoders of your own may add theirs.
        public init(_ description: String) { self.description = description }

        /// The text is not JSON.
        public static let syntax = Code("syntax")
        /// The text is not UTF-8.
        public static let notUTF8 = Code("notUTF8")
        /// Arrays and objects are nested more deeply than ``JSONLimits`` allow.
        public static let tooDeep = Code("tooDeep")
        /// An object has more members than ``JSONLimits`` allow.
        public static let tooManyKeys = Code("tooManyKeys")
        /// A string is longer than ``JSONLimits`` allow.
        public static let stringTooLong = Code("stringTooLong")
        /// The text is longer than ``JSONLimits`` allow.
        public static let tooLong = Code("tooLong")
        /// A value does not have the type that was asked for.
        public static let typeMismatch = Code("typeMismatch")
        /// A member that was asked for is not there.
        public static let missing = Code("missing")
        /// The string has lone surrogates, so `String` cannot hold it.
        public static let loneSurrogate = Code("loneSurrogate")
    }

    /// The kind of error.
    public let code: Code
    /// The position in the text, in bytes.
    public let offset: Int
    /// What was expected at that position, or which limit was exceeded.
    public let reason: String

    /// Makes an error. The reason must contain nothing of the input.
    public init(_ code: Code, at offset: Int, _ reason: String) {
        self.code = code
        self.offset = offset
        self.reason = reason
    }

    /// Whether the text is larger than its ``JSONLimits`` allow, rather than malformed.
    public var isLimit: Bool { [.tooDeep, .tooManyKeys, .stringTooLong, .tooLong].contains(code) }

    /// The code, the position and the reason.
    public var description: String { "\(code) at byte \(offset): \(reason)" }
}
