/// How often a message was handed out, as far as its broker knows.
///
/// An integer literal is an exact count.
public enum DeliveryCount: Sendable, Hashable, ExpressibleByIntegerLiteral {
    /// The broker counts deliveries.
    case exact(Int)
    /// The broker only knows that there were so many; it may have been more. A broker that marks a message as redelivered
    /// and keeps no count says `atLeast(2)`.
    case atLeast(Int)

    public init(integerLiteral value: Int) { self = .exact(value) }

    /// The number that is certain.
    public var minimum: Int {
        switch self {
        case .exact(let count), .atLeast(let count): count
        }
    }
}
