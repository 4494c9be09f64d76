import CeleriacCore

extension Ledger {
    /// Leases up to `limit` due messages to a consumer, one queue after another.
    mutating func claim(
        _ limit: Int, from order: [Int], for consumer: Int32, lease: Duration, _ now: Moment
    ) -> [Delivery] {
        var deliveries: [Delivery] = []
        let deadline = now.uptime + lease
        let deadlineSeconds = deadline.seconds
        for queue in order where queues[queue].pause == nil {
            refresh(queue, now)
            let count = min(limit - deliveries.count, queues[queue].readyCount)
            guard count > 0 else { continue }
            deliveries.reserveCapacity(deliveries.count + count)
            for _ in 0..<count {
                guard let slot = queues[queue].popReady(calls) else { break }
                take(slot, queue, for: consumer, until: deadlineSeconds)
                deliveries.append(delivery(slot, queue, until: deadline, now))
            }
            setAlarms(queue, notAfter: deadlineSeconds)
        }
        return deliveries
    }

    /// Sets new ends for leases.
    ///
    /// - Returns: the receipts whose lease is not the current one.
    mutating func extend(_ receipts: [Receipt], by duration: Duration, _ now: Moment) -> Set<Receipt> {
        var lost: Set<Receipt> = []
        let deadline = (now.uptime + duration).seconds
        for receipt in receipts {
            guard let slot = calls.slot(of: receipt) else {
                lost.insert(receipt)
                continue
            }
            let isShortened = deadline < calls[slot].deadline
            calls[slot].deadline = deadline
            // Only a lease that now ends earlier than before needs a new place.
            if isShortened { pushLease(slot, Int(calls[slot].queue), deadline) }
        }
        return lost
    }

    /// Gives back all messages that a consumer holds; their deliveries do not count.
    mutating func releaseAll(heldBy consumer: Int32, in order: [Int]) {
        for queue in order {
            for slot in queues[queue].leasedSlots(calls) where calls[slot].consumer == consumer { giveBack(slot) }
        }
    }

    @inline(__always)
    private mutating func take(_ slot: Int32, _ queue: Int, for consumer: Int32, until deadline: Double) {
        calls[slot].status = .leased
        calls[slot].stamp &+= 1
        calls[slot].deliveryCount += 1
        calls[slot].token = makeToken()
        calls[slot].consumer = consumer
        calls[slot].deadline = deadline
        queues[queue].leasedCount += 1
        pushLease(slot, queue, deadline)
        if calls[slot].unique?.span == .untilStart { freeUniqueKey(slot) }
        notifyWatchers(slot)
    }

    @inline(__always)
    private mutating func pushLease(_ slot: Int32, _ queue: Int, _ deadline: Double) {
        queues[queue].leases.push(Place(instant: deadline, order: 0, slot: slot, stamp: calls[slot].stamp))
        queues[queue].leases.dropStale(live: queues[queue].leasedCount) { calls.isPresent($0, .leased) }
    }

    @inline(__always)
    private func delivery(_ slot: Int32, _ queue: Int, until deadline: Duration, _ now: Moment) -> Delivery {
        let receipt = Receipt(message: Int64(slot), token: calls[slot].token, queue: queues[queue].name)
        guard let envelope = calls[slot].envelope else { preconditionFailure("a leased slot holds a message") }
        return Delivery(
            receipt: receipt, envelope: envelope, deliveryCount: .exact(Int(calls[slot].deliveryCount)),
            leaseDeadline: deadline, isRevoked: revocations.stands(calls[slot].id, now)
        )
    }
}
