import Foundation

/// The entries that a beat knows, and when it must look at each. The next ticks are in a heap, so that ten thousand
/// idle entries cost nothing.
struct Agenda {
    /// The generation of the loaded schedule; -1 if none is loaded yet.
    private(set) var generation: Int64 = -1
    private var records: [String: ScheduleRecord] = [:]
    private var wakes = WakeHeap()

    /// Takes over the store's entries. Entries with an unchanged state keep their place in the heap.
    mutating func load(_ snapshot: ScheduleSnapshot, at now: Date) {
        generation = snapshot.generation
        let old = records
        records = Dictionary(snapshot.records.map { ($0.name, $0) }) { _, last in last }
        for name in old.keys where records[name] == nil { wakes.remove(name) }
        for record in snapshot.records where old[record.name]?.state != record.state {
            wakes.set(record.name, to: record.wake(at: now))
        }
    }

    mutating func put(_ tended: Tended) {
        records[tended.name] = tended.record
        wakes.set(tended.name, to: tended.wake)
    }

    /// Takes out the entries that are due. The caller handles each and puts it back with ``put(_:)``.
    mutating func takeDue(_ now: Date) -> [ScheduleRecord] {
        var due: [ScheduleRecord] = []
        while let name = wakes.takeFirst(notAfter: now) {
            if let record = records[name] { due.append(record) }
        }
        return due
    }

    var nextWake: Date? { wakes.first }
}

/// Names by date, the earliest first. Each name has at most one valid item.
struct WakeHeap {
    private struct Item {
        let date: Date
        let name: String
        let stamp: UInt64
    }

    /// A binary heap. Items that are no longer valid stay until they reach the top.
    private var items: [Item] = []
    private var stamps: [String: UInt64] = [:]
    private var lastStamp: UInt64 = 0

    /// - Complexity: O(log n).
    mutating func set(_ name: String, to date: Date?) {
        guard let date else { return remove(name) }
        lastStamp += 1
        stamps[name] = lastStamp
        items.append(Item(date: date, name: name, stamp: lastStamp))
        siftUp(items.count - 1)
        if items.count > 2 * stamps.count + 16 { compact() } else { dropStale() }
    }

    mutating func remove(_ name: String) {
        stamps[name] = nil
        dropStale()
    }

    mutating func takeFirst(notAfter date: Date) -> String? {
        guard let first = items.first, first.date <= date else { return nil }
        remove(first.name)
        return first.name
    }

    /// The earliest date. The first item is always valid.
    var first: Date? { items.first?.date }

    private mutating func dropStale() {
        while let first = items.first, stamps[first.name] != first.stamp {
            items.swapAt(0, items.count - 1)
            items.removeLast()
            siftDown(0)
        }
    }

    private mutating func compact() {
        items = items.filter { stamps[$0.name] == $0.stamp }.sorted { $0.date < $1.date }
    }

    private mutating func siftUp(_ start: Int) {
        var place = start
        while place > 0, items[place].date < items[(place - 1) / 2].date {
            items.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    private mutating func siftDown(_ start: Int) {
        var place = start
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2] where child < items.count {
                if items[child].date < items[least].date { least = child }
            }
            guard least != place else { return }
            items.swapAt(place, least)
            place = least
        }
    }
}
