/// How JSON is read: how much of it before it is refused, and what becomes of text that Swift cannot hold. Limits are checked
/// while scanning, before anything is allocated.
public struct JSONLimits: Sendable, Hashable {
    /// Most containers inside each other; at most 512, since readers of nested types recurse.
    public var depth: Int {
        didSet { depth = min(depth, Self.hardDepth) }
    }
    /// Most keys in all objects of a document together.
    public var keys: Int
    /// The longest string or key, in bytes as it stands in the document.
    public var stringBytes: Int
    public var documentBytes: Int
    /// Whether a `String` gets U+FFFD in the place of a lone surrogate; default no: such a string is refused where a `String`
    /// is asked for. What is read as ``JSONValue`` keeps it either way.
    public var replacesLoneSurrogates: Bool

    /// The most that ``depth`` can be raised to: 512.
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

    /// No limits but the hard ones: for text that was checked where it came in, with limits that may be wider than the
    /// default ones.
    package static let checkedBefore = JSONLimits(
        depth: hardDepth, keys: .max, stringBytes: .max, documentBytes: .max)

    /// The same rule for lone surrogates, without limits: for text that was checked where it came in.
    package var withoutLimits: JSONLimits {
        var limits = Self.checkedBefore
        limits.replacesLoneSurrogates = replacesLoneSurrogates
        return limits
    }
}
