#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CeleriacCore

/// When the next call may start, by limit, and the instants that calls have reserved.
struct Starts {
    private struct Reservation: Hashable {
        let key: String
        let id: TaskID
    }

    /// How long after its instant a reservation still holds for a late call.
    private static let patience = Duration.hours(1)

    /// The first free instant, by limit.
    private var free: [String: Date] = [:]
    private var reserved: [Reservation: Date] = [:]

    /// - Returns: `nil` if the call may start now, else the time at which it may.
    mutating func reserve(_ id: TaskID, under key: String, every interval: Duration, _ now: Moment) -> Date? {
        let reservation = Reservation(key: key, id: id)
        // Each instant ahead is reserved for a call. A first free instant beyond them shows that the clock ran ahead
        // and was set right: the limit starts over.
        if let first = free[key], first > now.date.adding(interval * (reserved.count + 2)) {
            free[key] = nil
            reserved = reserved.filter { $0.key.key != key }
        }
        if let start = reserved[reservation] {
            guard start <= now.date else { return start }
            reserved[reservation] = nil
            return nil
        }
        let start = max(now.date, free[key] ?? now.date)
        free[key] = start.adding(interval)
        guard start > now.date else { return nil }
        reserved[reservation] = start
        return start
    }

    mutating func dropExpired(_ now: Moment) {
        free = free.filter { $0.value > now.date }
        reserved = reserved.filter { $0.value.adding(Self.patience) > now.date }
    }
}
