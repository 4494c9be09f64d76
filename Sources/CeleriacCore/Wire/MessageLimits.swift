/// How large a message may be. Checked before parsing, so that a hostile message uses no memory.
public struct MessageLimits: Sendable, Hashable {
    /// The largest body of a call, in bytes. Default 1 MiB, at most ``hardBodyBytes``.
    public var bodyBytes: Int
    /// The highest value that any setting may give ``bodyBytes`` or ``resultBytes``.
    public static let hardBodyBytes = 16 << 20
    /// The largest header block, in bytes of JSON. Default 64 KiB.
    public var headerBytes: Int
    /// The largest result, in bytes of JSON. Default 1 MiB, at most ``hardBodyBytes``.
    public var resultBytes: Int
    /// Depth, number of keys and string length within the JSON.
    public var json: JSONLimits
    /// The latest `eta`, counted from the call. Default ten years.
    public var longestDelay: Duration

    public init(
        bodyBytes: Int = 1 << 20, headerBytes: Int = 64 << 10, resultBytes: Int = 1 << 20,
        json: JSONLimits = JSONLimits(), longestDelay: Duration = .days(3653)
    ) {
        self.bodyBytes = min(bodyBytes, Self.hardBodyBytes)
        self.headerBytes = headerBytes
        self.resultBytes = min(resultBytes, Self.hardBodyBytes)
        self.json = json
        self.longestDelay = longestDelay
    }
}
