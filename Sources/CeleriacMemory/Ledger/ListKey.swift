import CeleriacCore

/// A message's position in the list of its stage. It stays the same as long as the message stays in that stage, and no
/// two messages of a list have the same.
struct ListKey: Comparable, Sendable {
    /// For ready messages: 0 for the highest priority, 9 for the lowest.
    var lane = 0
    var instant = 0.0
    let order: Int64

    init(lane: Int = 0, instant: Double = 0, order: Int64) {
        self.lane = lane
        self.instant = instant
        self.order = order
    }

    /// - Throws: ``BrokerError`` with code `refused` for a cursor of another list.
    init(_ cursor: Cursor, of list: MessageList) throws(BrokerError) {
        let key = try list.key(of: cursor)
        guard key.count == 3, let lane = Int(key[0]), let instant = Double(key[1]), !instant.isNaN,
            let order = Int64(key[2])
        else { throw cursor.refusal }
        self.init(lane: lane, instant: instant, order: order)
    }

    func isBehind(_ other: ListKey?) -> Bool { other.map { $0 < self } ?? true }

    func cursor(of list: MessageList) -> Cursor { list.cursor(["\(lane)", "\(instant)", "\(order)"]) }

    static func < (left: ListKey, right: ListKey) -> Bool {
        (left.lane, left.instant, left.order) < (right.lane, right.instant, right.order)
    }
}
