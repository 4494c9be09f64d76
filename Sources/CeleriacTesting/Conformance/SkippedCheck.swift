/// A check of the suite that does not apply to a broker, and the reasons.
public struct SkippedCheck: Sendable, Hashable, CustomStringConvertible {
    public let name: String
    /// One reason for each need that the broker does not meet, sorted.
    public let reasons: [String]

    public var description: String { "\(name): \(reasons.joined(separator: "; "))" }
}
