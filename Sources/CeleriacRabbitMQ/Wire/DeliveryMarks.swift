import AMQPClient
import CeleriacCore

/// The notes of this store in the headers of a message that it publishes again.
struct DeliveryMarks: Sendable, Hashable {
    /// "x-celeriac-deliveries": how often earlier copies of the message were handed out and not settled. 0 is not
    /// written.
    private(set) var deliveries = 0
    /// "x-celeriac-held": whether the worker that takes the message holds it until its eta, because the delay levels
    /// do not lead to its queue.
    var isHeldUntilEta = false

    /// "x-celeriac-renewal": by which the worker that renews a delivery recognises its copy.
    var renewal: String?

    private static let name = "x-celeriac-deliveries"
    private static let renewalName = "x-celeriac-renewal"
    private static let heldName = "x-celeriac-held"

    init() {}

    /// - Parameter deliveries: clamped to 0...1,000,000,000.
    init(deliveries: Int) { self.deliveries = Int(count: deliveries) }

    /// Reads the marks. A missing mark, and one that is not an integer, counts as 0.
    init(of headers: AMQPTable?) {
        self.init(deliveries: headers?.count(of: Self.name) ?? 0)
        isHeldUntilEta = headers?[Self.heldName]?.boolean ?? false
        renewal = headers?[Self.renewalName]?.string
    }

    func write(into headers: inout AMQPTable) {
        if deliveries > 0 { headers[Self.name] = .integer(Int64(deliveries)) }
        if isHeldUntilEta { headers[Self.heldName] = .boolean(true) }
        if let renewal { headers[Self.renewalName] = .string(renewal) }
    }

    /// How often a received message was handed out, this time included.
    ///
    /// A quorum queue counts in `x-delivery-count`. A classic queue only marks that it delivered the message before.
    static func count(of properties: AMQPProperties, isRedelivered: Bool) -> DeliveryCount {
        // Nearly no message has such headers.
        let headers = properties.headers.flatMap { $0.mayHaveName(beginningWith: UInt8(ascii: "x")) ? $0 : nil }
        let earlier = DeliveryMarks(of: headers).deliveries
        if let counted = headers?.count(of: ReservedHeaders.deliveryCount) {
            return .exact(Int(count: earlier + counted + 1))
        }
        return isRedelivered ? .atLeast(Int(count: earlier + 2)) : .exact(Int(count: earlier + 1))
    }
}

extension AMQPTable {
    /// An integer, clamped to 0...1,000,000,000; `nil` if there is no such header, or it is not an integer.
    fileprivate func count(of name: String) -> Int? { self[name]?.integer.map { Int(count: $0) } }
}
