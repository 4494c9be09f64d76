import CeleriacCore

/// All calls by id. Each has a slot, whose number is also the broker's number for its message.
///
/// A receipt names the slot, so settling and recording a result compute no hash.
struct CallTable {
    private var slots: ContiguousArray<Call> = []
    private var vacant: [Int32] = []
    private var index = IDIndex()

    subscript(slot: Int32) -> Call {
        @inline(__always) _read { yield slots[Int(slot)] }
        @inline(__always) _modify { yield &slots[Int(slot)] }
    }

    func slot(of id: TaskID) -> Int32? { slot(of: id, IDIndex.hash(of: id)) }

    /// The slot of the lease that a receipt names, if that lease is still the current one.
    @inline(__always)
    func slot(of receipt: Receipt) -> Int32? {
        guard let slot = Int32(exactly: receipt.message), slots.indices.contains(Int(slot)) else { return nil }
        return slots[Int(slot)].status == .leased && slots[Int(slot)].token == receipt.token ? slot : nil
    }

    @inline(__always)
    func isReady(_ place: Place) -> Bool { isPresent(place, .ready) }

    @inline(__always)
    func isPresent(_ place: Place, _ status: Call.Status) -> Bool {
        let index = Int(place.slot)
        return slots[index].stamp == place.stamp && slots[index].status == status
    }

    /// The slot of an id; a new slot if the id has none.
    @inline(__always)
    mutating func slot(for id: TaskID) -> (slot: Int32, isNew: Bool) {
        let hash = IDIndex.hash(of: id)
        if let slot = slot(of: id, hash) { return (slot, false) }
        let slot = vacant.popLast() ?? Int32(slots.count)
        if Int(slot) == slots.count {
            slots.append(Call(id: id, hash: hash))
        } else {
            slots[Int(slot)].id = id
            slots[Int(slot)].hash = hash
        }
        index.insert(slot, hash)
        return (slot, true)
    }

    /// Frees the slot of a call if it has neither a message nor a record.
    mutating func vacateIfEmpty(_ slot: Int32) {
        let index = Int(slot)
        guard slots[index].envelope == nil, slots[index].record == nil else { return }
        self.index.remove(slot, slots[index].hash)
        // The stamp keeps counting: places of the old call must stay stale for the next call in this slot.
        let stamp = slots[index].stamp &+ 1
        slots[index] = Call(id: "", hash: 0)
        slots[index].stamp = stamp
        vacant.append(slot)
    }

    mutating func reserve(_ count: Int) {
        let more = count - vacant.count
        guard more > 1, slots.count + more > slots.capacity else { return }
        slots.reserveCapacity(max(slots.count + more, 2 * slots.capacity))
    }

    /// The ids of calls that have a message or a record.
    func ids(startingWith prefix: String) -> [TaskID] {
        slots.lazy.filter { $0.envelope != nil || $0.record != nil }.map(\.id).filter { $0.rawValue.hasPrefix(prefix) }
    }

    @inline(__always)
    private func slot(of id: TaskID, _ hash: UInt32) -> Int32? {
        index.slot(hash) { slots[Int($0)].id == id }
    }
}
