#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CeleriacCore

/// When the next call may start, by limit, and the instants that calls have been given.
struct Starts {
    private struct Reservation: Hashable {
        let key: String
        let id: TaskID
    }

    /// How long a reservation stands behind its instant for a call that comes late.
    private static let patience = Duration.hours(1)

    /// The first instant that is free, by limit.
    private var free: [String: Date] = [:]
    private var reserved: [Reservation: Date] = [:]

    /// - Returns: `nil` if it may start now, else when.
    mutating func reserve(_ id: TaskID, under key: String, every interval: Duration, _ now: Moment) -> Date? {
        let reservation = Reservation(key: key, id: id)
        // Each instant ahead is reserved for a call. Where the first free one lies further ahead, the clock ran ahead and was
        // set right: the limit begins anew.
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
