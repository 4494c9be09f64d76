/// Encodes calls as envelopes and decodes them, in one dialect. Pure.
public protocol MessageCodec: Sendable {
    /// - Throws: ``CeleriacError`` with code `tooLarge`, which names the part and its size.
    func encode(_ message: Message) throws -> Envelope

    /// - Throws: ``CeleriacError`` with code `malformedMessage` or `tooLarge`; such a message becomes a dead letter
    ///   with that reason.
    func decode(_ envelope: Envelope) throws -> ReceivedCall
}

/// A parsed body: the position of each argument in it. No argument is decoded until the task asks for it by type.
public struct ReceivedCall: Sendable {
    public var arguments: ReceivedArguments
    /// The third part of the body as JSON text; `null` if it was missing.
    public var embed: [UInt8]

    public init(arguments: ReceivedArguments, embed: [UInt8]) {
        self.arguments = arguments
        self.embed = embed
    }
}

/// The arguments of a received call: slices of its body.
public struct ReceivedArguments: Sendable {
    public struct Keyword: Sendable {
        public let name: JSONKey
        public let range: Range<Int>

        public init(name: JSONKey, range: Range<Int>) {
            self.name = name
            self.range = range
        }
    }

    public let body: [UInt8]
    /// The range of each positional argument's JSON text in ``body``.
    public let positional: [Range<Int>]
    public let keywords: [Keyword]
    /// As ``JSONLimits/replacesLoneSurrogates``: whether a parameter of type `String` accepts text whose lone
    /// surrogates were replaced with U+FFFD, or rejects it.
    public var replacesLoneSurrogates = false

    public init(body: [UInt8], positional: [Range<Int>], keywords: [Keyword]) {
        self.body = body
        self.positional = positional
        self.keywords = keywords
    }
}
