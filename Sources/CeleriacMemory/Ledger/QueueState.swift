import CeleriacCore

/// One queue: its ready messages by priority, its delayed and leased messages, and the claims that wait for it.
struct QueueState {
    let name: QueueName
    /// Whether it holds or ever held a message, rather than only being named by a consumer.
    var isUsed = false
    /// Claims take nothing from a paused queue.
    var pause: QueuePause?
    var delayed = PlaceHeap()
    var delayedCount = 0
    var leases = PlaceHeap()
    var leasedCount = 0
    /// Tickets of waiting claims, the oldest first.
    var waiting: [UInt64] = []

    /// By priority, 0 to 9.
    private var lanes = [ReadyLane](repeating: ReadyLane(), count: 10)
    /// One bit for each lane that is not empty.
    private var filled: UInt16 = 0
    private(set) var readyCount = 0

    init(name: QueueName) { self.name = name }

    @inline(__always)
    mutating func pushReady(_ place: Place, priority: Int) {
        lanes[priority].push(place)
        filled |= 1 << UInt16(priority)
        readyCount += 1
    }

    @inline(__always)
    mutating func popReady(_ calls: borrowing CallTable) -> Int32? {
        while filled != 0 {
            let priority = 15 - filled.leadingZeroBitCount
            if let slot = lanes[priority].pop(calls) {
                readyCount -= 1
                return slot
            }
            filled &= ~(1 << UInt16(priority))
        }
        return nil
    }

    /// Records that a ready message was taken out of its place.
    mutating func forgetReady(priority: Int, _ calls: borrowing CallTable) {
        readyCount -= 1
        lanes[priority].forgetOne(calls)
    }

    /// Records that a delayed message was taken out of its place.
    mutating func forgetDelayed(_ calls: borrowing CallTable) {
        delayedCount -= 1
        let live = delayedCount
        delayed.dropStale(live: live) { calls.isPresent($0, .delayed) }
    }

    /// Empties the lanes and the delayed messages; the caller must end the calls themselves.
    mutating func removeAllWaiting() {
        for priority in lanes.indices { lanes[priority].removeAll() }
        filled = 0
        readyCount = 0
        delayed.removeAll()
        delayedCount = 0
    }

    /// Ready places in the order in which they are claimed, at least the first `limit` of those behind a key.
    func readyPlaces(_ calls: borrowing CallTable, after last: ListKey? = nil, limit: Int = .max) -> [Place] {
        var places: [Place] = []
        for priority in lanes.indices.reversed() where places.count < limit {
            let lane = Self.lane(of: priority)
            if let last, lane < last.lane { continue }
            let place = last.flatMap { $0.lane == lane ? Place(instant: $0.instant, order: $0.order) : nil }
            places += lanes[priority].places(calls, after: place, limit: limit - places.count)
        }
        return places
    }

    /// The number of a priority's lane in the order of claims.
    static func lane(of priority: Int) -> Int { 9 - priority }

    func delayedPlaces(_ calls: borrowing CallTable) -> [Place] {
        sorted(delayed, calls, .delayed)
    }

    /// Leased slots, without the duplicates that renewals left.
    func leasedSlots(_ calls: borrowing CallTable) -> [Int32] {
        var seen: Set<Int32> = []
        return sorted(leases, calls, .leased).map(\.slot).filter { seen.insert($0).inserted }
    }

    mutating func oldestDue(_ calls: borrowing CallTable) -> Double? {
        var oldest: Double?
        for priority in lanes.indices {
            guard let due = lanes[priority].oldestDue(calls) else { continue }
            oldest = min(oldest ?? due, due)
        }
        return oldest
    }

    private func sorted(_ heap: PlaceHeap, _ calls: borrowing CallTable, _ status: Call.Status) -> [Place] {
        var places: [Place] = []
        for place in heap.places where calls.isPresent(place, status) { places.append(place) }
        places.sort()
        return places
    }
}
