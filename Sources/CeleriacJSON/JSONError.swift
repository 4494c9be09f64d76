/// Why a JSON text was refused. Contains the position, never the input.
public struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of error. More kinds may be added, so a `switch` over it needs a `default`.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        public let description: String
        public init(_ description: String) { self.description = description }

        public static let syntax = Code("syntax")
        public static let notUTF8 = Code("notUTF8")
        public static let tooDeep = Code("tooDeep")
        public static let tooManyKeys = Code("tooManyKeys")
        public static let stringTooLong = Code("stringTooLong")
        public static let tooLong = Code("tooLong")
        public static let typeMismatch = Code("typeMismatch")
        public static let missing = Code("missing")
        /// The string has lone surrogates, so `String` cannot hold it.
        public static let loneSurrogate = Code("loneSurrogate")
    }

    public let code: Code
    /// The position in the text, in bytes.
    public let offset: Int
    /// What was expected at that position, or which limit was exceeded.
    public let reason: String

    public init(_ code: Code, at offset: Int, _ reason: String) {
        self.code = code
        self.offset = offset
        self.reason = reason
    }

    /// Whether the text is larger than its ``JSONLimits`` allow, rather than malformed.
    public var isLimit: Bool { [.tooDeep, .tooManyKeys, .stringTooLong, .tooLong].contains(code) }

    public var description: String { "\(code) at byte \(offset): \(reason)" }
}
