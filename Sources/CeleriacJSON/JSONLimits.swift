/// How JSON is read: the limits beyond which it is refused, and the treatment of text that Swift cannot represent.
/// Limits are checked while scanning, before memory is allocated.
public struct JSONLimits: Sendable, Hashable {
    /// The most levels of nested containers; at most 512, because readers of nested types recurse.
    public var depth: Int {
        didSet { depth = min(depth, Self.hardDepth) }
    }
    /// The most keys in all objects of a document together.
    public var keys: Int
    /// The longest string or key, in bytes as written in the document.
    public var stringBytes: Int
    public var documentBytes: Int
    /// Whether lone surrogates are replaced with U+FFFD when a `String` is read. By default they are not: such a string
    /// is refused if a `String` is requested. A ``JSONValue`` keeps them in either case.
    public var replacesLoneSurrogates: Bool

    /// The highest value of ``depth``: 512.
    public static let hardDepth = BracketStack.capacity

    public init(
        depth: Int = 64, keys: Int = 10_000, stringBytes: Int = 1 << 20, documentBytes: Int = 16 << 20,
        replacesLoneSurrogates: Bool = false
    ) {
        self.depth = min(depth, Self.hardDepth)
        self.keys = keys
        self.stringBytes = stringBytes
        self.documentBytes = documentBytes
        self.replacesLoneSurrogates = replacesLoneSurrogates
    }

    /// Only the hard limits: for text that was checked on arrival, with limits that may be wider than the default ones.
    package static let checkedBefore = JSONLimits(
        depth: hardDepth, keys: .max, stringBytes: .max, documentBytes: .max)

    /// The same treatment of lone surrogates, without limits: for text that was checked on arrival.
    package var withoutLimits: JSONLimits {
        var limits = Self.checkedBefore
        limits.replacesLoneSurrogates = replacesLoneSurrogates
        return limits
    }
}
