/// A call's place in an order of instants.
///
/// A call that leaves its place only changes its own stamp: the place is then stale, and is dropped when it reaches the
/// head of its order, or when too many places are stale.
struct Place: Comparable {
    /// Seconds, by the wall clock or the uptime, depending on the order that holds it.
    let instant: Double
    /// Orders places of equal instants.
    let order: Int64
    let slot: Int32
    let stamp: UInt32

    static let none = Place(instant: 0, order: 0)

    @inline(__always)
    init(instant: Double, order: Int64, slot: Int32 = 0, stamp: UInt32 = 0) {
        self.instant = instant
        self.order = order
        self.slot = slot
        self.stamp = stamp
    }

    @inline(__always)
    static func < (left: Place, right: Place) -> Bool {
        left.instant < right.instant || left.instant == right.instant && left.order < right.order
    }
}
