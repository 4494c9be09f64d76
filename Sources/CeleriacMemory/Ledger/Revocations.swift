import CeleriacCore

/// The calls that must not run, each until its revocation expires.
struct Revocations {
    private var entries: [TaskID: Revocation] = [:]
    /// Increases with each revocation.
    private(set) var generation: Int64 = 0
    var waiting: [UInt64] = []

    mutating func insert(_ new: Revocation) {
        generation += 1
        guard let old = entries[new.id] else { return entries[new.id] = new }
        entries[new.id] = Revocation(
            id: new.id, terminate: old.terminate || new.terminate, until: max(old.until, new.until)
        )
    }

    @inline(__always)
    func stands(_ id: TaskID, _ now: Moment) -> Bool {
        guard !entries.isEmpty else { return false }
        return entries[id].map { $0.until > now.date } ?? false
    }

    func among(_ ids: [TaskID], _ now: Moment) -> [TaskID: Revocation] {
        var found: [TaskID: Revocation] = [:]
        for id in ids where stands(id, now) { found[id] = entries[id] }
        return found
    }

    mutating func dropExpired(_ now: Moment) {
        guard !entries.isEmpty else { return }
        entries = entries.filter { $0.value.until > now.date }
    }
}

extension Ledger {
    /// Revokes a call. If its message waits, removes it from its queue.
    ///
    /// - Returns: whether the message is gone.
    mutating func revoke(_ revocation: Revocation, _ now: Moment) -> Bool {
        revocations.insert(revocation)
        for ticket in revocations.waiting { parking.wake(ticket) }
        revocations.waiting = []
        guard let slot = calls.slot(of: revocation.id), calls[slot].envelope != nil else { return false }
        refresh(Int(calls[slot].queue), now)
        guard let message = message(in: slot), calls[slot].status != .leased else { return false }
        var change = StateChange.revoked(revocation.id, at: now.date, expires: revocation.until)
        change.record.attempt = message.place.attempt
        change.record.task = message.envelope.task
        change.record.queue = message.queue
        change.record.parentID = message.envelope.headers.parentID
        record(change, in: slot, now)
        // A chord may wait for a call of a group: a worker must find it revoked, and report that.
        return message.envelope.headers.group == nil && remove(revocation.id, now)
    }

    mutating func nextRevocation(after generation: Int64) -> UInt64? {
        guard revocations.generation <= generation else { return nil }
        let ticket = parking.draw()
        revocations.waiting.append(ticket)
        return ticket
    }

    mutating func leaveRevocations(_ ticket: UInt64) {
        revocations.waiting.removeAll { $0 == ticket }
        parking.leave(ticket)
    }
}
