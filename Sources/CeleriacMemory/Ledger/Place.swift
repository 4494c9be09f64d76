/// Where something stands in an order of instants, and which call it is.
///
/// Whatever takes a call out of its place only changes the call's stamp: the place is then stale, and is dropped when
/// it comes to the head of its order, or when too many are.
struct Place: Comparable {
    /// Seconds, by the wall clock or the uptime, as the order that holds it counts.
    let instant: Double
    /// Decides between equal instants.
    let order: Int64
    let slot: Int32
    let stamp: UInt32

    static let none = Place(instant: 0, order: 0, slot: 0, stamp: 0)

    @inline(__always)
    static func < (left: Place, right: Place) -> Bool {
        left.instant < right.instant || left.instant == right.instant && left.order < right.order
    }
}
