import CeleriacCore

/// The whole state of the store, under its one lock. No method suspends.
///
/// ```
/// publish -> delayed -> ready -> leased -> gone | dead
///               ^         ^        |
///               '---------'-- retry, release, lapse
/// ```
///
/// Time moves messages only when something looks: each look at a queue first applies what has fallen due there
/// (``refresh(_:_:)``).
struct Ledger {
    var calls = CallTable()
    var queues: [QueueState] = []
    var parking = Parking()
    var claimWaits: [UInt64: ClaimWait] = [:]
    var watchers = Watchers()
    /// Compared by their bytes, as other brokers compare them.
    var uniqueKeys: [JSONKey: Int32] = [:]
    var deadLetters: DeadLetters
    var revocations = Revocations()
    var expiries = PlaceHeap()
    var recordCount = 0
    var workers: [String: WorkerStatus] = [:]
    var starts = Starts()
    var schedule = ScheduleBook()
    var audit = AuditTrail()
    var chords = Chords()

    private var queueByName: [QueueName: Int] = [:]
    private var lastQueue: (name: QueueName, index: Int)?
    private var lastConsumer: Int32 = 0
    private var lastToken: Int64 = 0
    private var lastOrder: Int64 = 0

    init(_ limits: DeadLetterLimits) { deadLetters = DeadLetters(limits) }

    /// The queue's number. Creates the queue if it is new.
    @inline(__always)
    mutating func queue(_ name: QueueName) -> Int {
        // Most publications go to the same queue as the one before.
        if let lastQueue, lastQueue.name == name { return lastQueue.index }
        let index = queueByName[name] ?? makeQueue(name)
        lastQueue = (name, index)
        return index
    }

    func existingQueue(_ name: QueueName) -> Int? { queueByName[name] }

    mutating func makeConsumer() -> Int32 {
        lastConsumer &+= 1
        return lastConsumer
    }

    mutating func makeToken() -> Int64 {
        lastToken += 1
        return lastToken
    }

    mutating func makeOrder() -> Int64 {
        lastOrder += 1
        return lastOrder
    }

    /// Applies what has fallen due in a queue: delayed messages become ready, lapsed leases end.
    @inline(__always)
    mutating func refresh(_ queue: Int, _ now: Moment) {
        if let first = queues[queue].delayed.first, first.instant <= now.wall { ripen(queue, now) }
        if let first = queues[queue].leases.first, first.instant <= now.up { lapse(queue, now) }
    }

    /// Makes a message ready whose place is already set.
    @inline(__always)
    mutating func makeReady(_ slot: Int32) {
        calls[slot].status = .ready
        calls[slot].stamp &+= 1
        let place = calls[slot].readyPlace(in: slot)
        queues[Int(calls[slot].queue)].pushReady(place, priority: calls[slot].priority)
    }

    /// Makes a message wait until its `due`.
    mutating func makeDelayed(_ slot: Int32, _ now: Moment) {
        calls[slot].status = .delayed
        calls[slot].stamp &+= 1
        let (queue, due) = (Int(calls[slot].queue), calls[slot].due)
        let place = Place(instant: due, order: calls[slot].order, slot: slot, stamp: calls[slot].stamp)
        queues[queue].delayed.push(place)
        queues[queue].delayedCount += 1
        setAlarms(queue, notAfter: now.up + due - now.wall)
    }

    /// Removes a message from its queue for good; the record of its call stays.
    mutating func end(_ slot: Int32) {
        freeUniqueKey(slot)
        calls[slot].envelope = nil
        calls[slot].status = .absent
        calls[slot].stamp &+= 1
        calls.vacateIfEmpty(slot)
    }

    private mutating func ripen(_ queue: Int, _ now: Moment) {
        while let first = queues[queue].delayed.first, first.instant <= now.wall {
            queues[queue].delayed.removeFirst()
            guard calls.isPresent(first, .delayed) else { continue }
            queues[queue].delayedCount -= 1
            makeReady(first.slot)
        }
    }

    private mutating func lapse(_ queue: Int, _ now: Moment) {
        while let first = queues[queue].leases.first, first.instant <= now.up {
            queues[queue].leases.removeFirst()
            guard calls.isPresent(first, .leased) else { continue }
            let deadline = calls[first.slot].deadline
            if deadline > now.up {
                // The lease was renewed; renewals do not update the heap.
                queues[queue].leases.push(Place(instant: deadline, order: 0, slot: first.slot, stamp: first.stamp))
            } else {
                queues[queue].leasedCount -= 1
                makeReady(first.slot)
                notifyWatchers(first.slot)
            }
        }
    }

    private mutating func makeQueue(_ name: QueueName) -> Int {
        queues.append(QueueState(name: name))
        queueByName[name] = queues.count - 1
        return queues.count - 1
    }
}
