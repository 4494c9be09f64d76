import CeleriacCore

/// The callers that wait for records to change, by call.
struct Watchers {
    private var tickets: [TaskID: [UInt64]] = [:]

    var isEmpty: Bool { tickets.isEmpty }

    func hasAny(of id: TaskID) -> Bool { tickets[id] != nil }

    mutating func add(_ ticket: UInt64, to id: TaskID) { tickets[id, default: []].append(ticket) }

    mutating func remove(_ ticket: UInt64, of id: TaskID) {
        tickets[id]?.removeAll { $0 == ticket }
        if tickets[id]?.isEmpty == true { tickets[id] = nil }
    }

    mutating func removeAll(of id: TaskID) -> [UInt64] { tickets.removeValue(forKey: id) ?? [] }
}

extension Ledger {
    /// Draws a ticket that is woken when the state of a call changes.
    mutating func watch(_ id: TaskID) -> UInt64 {
        let ticket = parking.draw()
        watchers.add(ticket, to: id)
        if let slot = calls.slot(of: id) { calls[slot].isWatched = true }
        return ticket
    }

    mutating func unwatch(_ id: TaskID, _ ticket: UInt64) {
        watchers.remove(ticket, of: id)
        parking.leave(ticket)
    }

    /// Wakes the watchers of a call. They look again, and may find that nothing visible to them has changed.
    @inline(__always)
    mutating func notifyWatchers(_ slot: Int32) {
        guard calls[slot].isWatched else { return }
        calls[slot].isWatched = false
        for ticket in watchers.removeAll(of: calls[slot].id) { parking.wake(ticket) }
    }
}
