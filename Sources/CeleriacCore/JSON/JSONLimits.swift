/// How much JSON is read before it is refused. Checked while scanning, before anything is allocated for it.
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

    /// The most that ``depth`` can be raised to: 512.
    public static let hardDepth = BracketStack.capacity

    public init(
        depth: Int = 64, keys: Int = 10_000, stringBytes: Int = 1 << 20, documentBytes: Int = 16 << 20
    ) {
        self.depth = min(depth, Self.hardDepth)
        self.keys = keys
        self.stringBytes = stringBytes
        self.documentBytes = documentBytes
    }

    /// No limits but the hard ones: for text that was checked where it came in, with limits that may be wider than the
    /// default ones.
    public static let checkedBefore = JSONLimits(
        depth: hardDepth, keys: .max, stringBytes: .max, documentBytes: .max)
}
