/// A check of the suite that does not apply to a broker, and the reasons.
public struct SkippedCheck: Sendable, Hashable, CustomStringConvertible {
    public let name: String
    /// The needs that the broker does not meet.
    let unmet: Set<BrokerNeed>

    /// One reason for each need that the broker does not meet, sorted.
    public var reasons: [String] { unmet.map(\.objection).sorted() }

    public var description: String { "\(name): \(reasons.joined(separator: "; "))" }
}
