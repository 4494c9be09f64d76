/// A promise of the suite that a broker does not make, and why.
public struct SkippedCheck: Sendable, Hashable, CustomStringConvertible {
    public let name: String
    /// One for each need that the broker does not meet, sorted.
    public let reasons: [String]

    public var description: String { "\(name): \(reasons.joined(separator: "; "))" }
}
