#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CeleriacCore

extension Ledger {
    /// - Returns: whether the lease was still the current one; if not, nothing was done.
    @inline(__always)
    mutating func settle(_ receipt: Receipt, _ settlement: Settlement, _ now: Moment) -> Bool {
        guard let slot = calls.slot(of: receipt) else { return false }
        settle(slot, settlement, now)
        return true
    }

    /// Settles, records and publishes, or does none of these.
    mutating func complete(_ completion: Completion, _ now: Moment) -> Bool {
        guard let slot = calls.slot(of: completion.receipt) else { return false }
        // Recorded first, so that the slot need not be freed and allocated again.
        if let change = completion.change {
            if calls[slot].id == change.id { record(change, in: slot, now) } else { record(change, now) }
        }
        settle(slot, completion.settlement, now)
        for change in completion.failed { record(change, now) }
        for step in completion.chordSteps { chords.take(step, now) }
        for publication in completion.continuation { _ = publish(publication, now) }
        return true
    }

    /// Gives a leased message back to its old place; the delivery does not count.
    mutating func giveBack(_ slot: Int32) {
        endLease(slot)
        calls[slot].deliveryCount -= 1
        makeReady(slot)
        wakeOne(Int(calls[slot].queue))
        notifyWatchers(slot)
    }

    @inline(__always)
    private mutating func settle(_ slot: Int32, _ settlement: Settlement, _ now: Moment) {
        switch settlement {
        case .ack:
            endLease(slot)
            notifyWatchers(slot)
            end(slot)
        case .release(nil): giveBack(slot)
        case .release(let notBefore?): putOff(slot, until: notBefore, now)
        case .retry(let envelope, let notBefore): retry(slot, envelope, notBefore, now)
        case .deadLetter(let reason): bury(slot, reason, now)
        }
    }

    @inline(__always)
    private mutating func endLease(_ slot: Int32) {
        queues[Int(calls[slot].queue)].leasedCount -= 1
    }

    private mutating func putOff(_ slot: Int32, until notBefore: Date, _ now: Moment) {
        endLease(slot)
        calls[slot].deliveryCount -= 1
        requeue(slot, notBefore, now)
    }

    private mutating func retry(_ slot: Int32, _ envelope: Envelope, _ notBefore: Date?, _ now: Moment) {
        endLease(slot)
        calls[slot].deliveryCount = 0
        calls[slot].envelope = envelope
        requeue(slot, notBefore, now)
    }

    private mutating func requeue(_ slot: Int32, _ notBefore: Date?, _ now: Moment) {
        calls[slot].notBefore = notBefore?.timeIntervalSinceReferenceDate
        calls[slot].due = calls[slot].notBefore ?? now.wall
        calls[slot].isAtFront = false
        calls[slot].order = makeOrder()
        queueUp(slot, now)
        notifyWatchers(slot)
    }

    private mutating func bury(_ slot: Int32, _ reason: String, _ now: Moment) {
        let queue = Int(calls[slot].queue)
        endLease(slot)
        if let envelope = calls[slot].envelope {
            let letter = DeadLetter(
                envelope: envelope, queue: queues[queue].name, reason: reason, diedAt: now.date
            )
            insert(letter, enqueuedAt: calls[slot].enqueuedAt)
        }
        notifyWatchers(slot)
        end(slot)
    }
}
