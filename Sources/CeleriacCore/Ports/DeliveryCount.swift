/// How often a message was handed out, as far as the broker knows.
///
/// An integer literal is an exact count.
public enum DeliveryCount: Sendable, Hashable, ExpressibleByIntegerLiteral {
    /// The broker counts deliveries.
    case exact(Int)
    /// The broker knows only a lower bound. A broker that marks a message as redelivered and keeps no count reports
    /// `atLeast(2)`.
    case atLeast(Int)

    public init(integerLiteral value: Int) { self = .exact(value) }

    /// The count, or its lower bound.
    public var minimum: Int {
        switch self {
        case .exact(let count), .atLeast(let count): count
        }
    }
}
