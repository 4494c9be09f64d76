import CeleriacCore

extension Ledger {
    mutating func record(_ change: StateChange, _ now: Moment) {
        let (slot, isNew) = calls.slot(for: change.record.id)
        if isNew, !watchers.isEmpty { calls[slot].isWatched = watchers.hasAny(of: change.record.id) }
        record(change, in: slot, now)
    }

    mutating func record(_ change: StateChange, in slot: Int32, _ now: Moment) {
        if let old = calls[slot].record {
            guard old.expires <= now.wall || old.change.record.state.yields(to: change.record.state) else { return }
        } else {
            recordCount += 1
        }
        let new = Recorded(change)
        calls[slot].record = new
        notifyWatchers(slot)
        guard new.expires.isFinite else { return }
        expiries.push(Place(instant: new.expires, order: 0, slot: slot, stamp: 0))
        expiries.dropStale(live: recordCount) { calls[$0.slot].record?.expires == $0.instant }
    }

    /// The current record of a call.
    mutating func record(of id: TaskID, _ now: Moment) -> TaskRecord? {
        guard let slot = calls.slot(of: id) else { return nil }
        let stored = calls[slot].record.flatMap { $0.expires > now.wall ? $0.change.record : nil }
        guard calls[slot].envelope != nil else { return stored }
        refresh(Int(calls[slot].queue), now)
        return .derived(stored: stored, place: message(in: slot)?.place, id: id)
    }

    mutating func forget(_ id: TaskID) {
        guard let slot = calls.slot(of: id), calls[slot].record != nil else { return }
        dropRecord(slot)
    }

    /// Drops up to `limit` records that have expired.
    ///
    /// A few at each write keep the memory bounded even if nobody runs the store.
    @inline(__always)
    mutating func dropExpired(limit: Int, _ now: Moment) {
        guard let first = expiries.first, first.instant <= now.wall else { return }
        dropExpiredRecords(limit, now)
    }

    private mutating func dropExpiredRecords(_ limit: Int, _ now: Moment) {
        var remaining = limit
        while remaining > 0, let first = expiries.first, first.instant <= now.wall {
            expiries.removeFirst()
            remaining -= 1
            if calls[first.slot].record?.expires == first.instant { dropRecord(first.slot) }
        }
    }

    private mutating func dropRecord(_ slot: Int32) {
        calls[slot].record = nil
        recordCount -= 1
        notifyWatchers(slot)
        calls.vacateIfEmpty(slot)
    }
}
