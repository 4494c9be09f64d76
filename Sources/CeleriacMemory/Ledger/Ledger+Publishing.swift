#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CeleriacCore

extension Ledger {
    mutating func publish(_ publications: [Publication], _ now: Moment) -> PublishReport {
        var report = PublishReport()
        calls.reserve(publications.count)
        for publication in publications {
            guard let holder = publish(publication, now) else { continue }
            report.duplicates[publication.envelope.id] = holder
        }
        return report
    }

    /// - Returns: `nil` if the message was accepted, else the id of the call that stands in its way.
    mutating func publish(_ publication: Publication, _ now: Moment) -> TaskID? {
        if let claim = publication.unique, let holder = uniqueKeys[JSONKey(claim.key)] { return calls[holder].id }
        let id = publication.envelope.id
        let (slot, isNew) = calls.slot(for: id)
        guard isNew || calls[slot].envelope == nil else { return id }
        if isNew, !watchers.isEmpty { calls[slot].isWatched = watchers.hasAny(of: id) }
        enter(publication, slot, now)
        if let claim = publication.unique {
            calls[slot].unique = claim
            uniqueKeys[JSONKey(claim.key)] = slot
        }
        notifyWatchers(slot)
        return nil
    }

    /// Frees the unique key that a message holds, if any.
    @inline(__always)
    mutating func freeUniqueKey(_ slot: Int32) {
        guard let claim = calls[slot].unique else { return }
        uniqueKeys[JSONKey(claim.key)] = nil
        calls[slot].unique = nil
    }

    @inline(__always)
    private mutating func enter(_ publication: Publication, _ slot: Int32, _ now: Moment) {
        let queue = queue(publication.queue)
        queues[queue].isUsed = true
        let order = makeOrder()
        calls[slot].envelope = publication.envelope
        calls[slot].queue = Int32(queue)
        calls[slot].deliveryCount = 0
        calls[slot].isAtFront = publication.atFront
        // The message that came to the front last is the first there.
        calls[slot].order = publication.atFront ? -order : order
        calls[slot].enqueuedAt = now.wall
        let notBefore = publication.notBefore?.timeIntervalSinceReferenceDate
        calls[slot].notBefore = notBefore
        calls[slot].due = notBefore ?? now.wall
        queueUp(slot, now)
    }

    /// Makes a message ready or delayed, depending on its `due`, and wakes a consumer that waits for it.
    @inline(__always)
    mutating func queueUp(_ slot: Int32, _ now: Moment) {
        guard calls[slot].due <= now.wall else { return makeDelayed(slot, now) }
        makeReady(slot)
        wakeOne(Int(calls[slot].queue))
    }
}
