import CeleriacCore
import Foundation
import StoreKit

/// The consumer that messages are claimed for, and the length of their leases.
struct LeaseTerms: Sendable {
    /// Drawn at random by each consumer. When the consumer ends, the messages that it still holds are released.
    let consumer: Int64
    let duration: Duration
}

/// The result of a claim.
struct Claim: Sendable {
    var messages: [ClaimedMessage] = []
    /// If nothing was claimed: when the next delayed message is due.
    var nextDue: Date?
}

extension StoreTransaction {
    /// The most delayed messages that one claim makes ready, so that a million due at once block nobody.
    private static let mostPromoted: Int64 = 1_000

    func claim(upTo limit: Int, from order: [QueueName], _ terms: LeaseTerms) throws -> Claim {
        try sweepLapsed()
        var claim = Claim()
        let order = try open(among: order)
        for name in order where claim.messages.count < limit {
            guard let queue = try number(of: name) else { continue }
            try promote(queue)
            let ready = try ready(in: queue, named: name, limit - claim.messages.count)
            if let last = ready.last { try removeReady(upTo: last.claimed.receipt.message, in: last.place) }
            for message in ready { try lease(message, terms) }
            claim.messages += ready.map(\.claimed)
        }
        if claim.messages.isEmpty { claim.nextDue = try nextDue(in: order) }
        return claim
    }

    /// Makes due delayed messages ready.
    private func promote(_ queue: Int64) throws {
        var find = try use(.promotable)
        find.bind(queue)
        find.bind(now.timeIntervalSinceReferenceDate)
        find.bind(Self.mostPromoted)
        var due: [(due: Double, call: Int64, deliveries: Int64, place: Place)] = []
        while try find.step() {
            let place = Place(queue: queue, rank: find.int(3), position: find.double(4))
            due.append((find.double(0), find.int(1), find.int(2), place))
        }
        for message in due {
            var delete = try use(.deleteDelayed)
            delete.bind(queue)
            delete.bind(message.due)
            delete.bind(message.call)
            try delete.run()
            try makeReady(message.call, in: message.place, deliveries: message.deliveries, token: nil)
        }
    }

    private struct Ready {
        let place: Place
        let isUntilStart: Bool
        let claimed: ClaimedMessage
    }

    private func ready(in queue: Int64, named name: QueueName, _ limit: Int) throws -> [Ready] {
        var select = try use(.selectReady)
        select.bind(now.timeIntervalSinceReferenceDate)
        select.bind(queue)
        select.bind(Int64(limit))
        var ready: [Ready] = []
        while try select.step() {
            let rank = select.int(0)
            let receipt = Receipt(message: select.int(2), token: tokens.next(), queue: name)
            let message = StoredMessage(id: select.text(4), rank: rank, columns: 6, of: select)
            ready.append(
                Ready(
                    place: Place(queue: queue, rank: rank, position: select.double(1)),
                    isUntilStart: select.int(5) == 1,
                    claimed: ClaimedMessage(
                        receipt: receipt, message: message, deliveryCount: select.count(3) + 1,
                        isRevoked: select.int(12) == 1)))
        }
        return ready
    }

    /// Removes all that ``ready(in:named:_:)`` has found at once: they are the first of their queue.
    private func removeReady(upTo last: Int64, in place: Place) throws { try delete(.deleteClaimed, last, place) }

    private func lease(_ ready: Ready, _ terms: LeaseTerms) throws {
        let receipt = ready.claimed.receipt
        try insertLease(receipt, on: terms, deliveries: Int64(ready.claimed.deliveryCount))
        wakes.addMoved(ready.claimed.message.id)
        guard ready.isUntilStart else { return }
        var free = try use(.freeKey)
        free.bind(receipt.message)
        try free.run()
    }

    func removeReady(_ call: Int64, from place: Place) throws { try delete(.deleteReady, call, place) }

    private func delete(_ statement: SQL, _ call: Int64, _ place: Place) throws {
        var delete = try use(statement)
        delete.bind(place.queue)
        delete.bind(place.rank)
        delete.bind(place.position)
        delete.bind(call)
        try delete.run()
    }

    func insertLease(_ receipt: Receipt, on terms: LeaseTerms, deliveries: Int64) throws {
        var insert = try use(.insertLease)
        insert.bind(receipt.message)
        insert.bind(receipt.token)
        insert.bind(boot)
        insert.bind(expiry(in: terms.duration))
        insert.bind(deliveries)
        insert.bind(terms.consumer)
        try insert.run()
    }

    /// Returns the end of a lease of this length, in microseconds of uptime. Also ensures that a sweep looks no later
    /// than that.
    func expiry(in duration: Duration) -> Int64 {
        let end = uptime + duration
        nextSweep = min(nextSweep, end)
        return end.microseconds
    }

    private func nextDue(in order: [QueueName]) throws -> Date? {
        var next: Double?
        for name in order {
            guard let queue = try number(of: name) else { continue }
            var find = try use(.nextDue)
            find.bind(queue)
            if try find.step() { next = min(next ?? .infinity, find.double(0)) }
        }
        return next.map { Date(timeIntervalSinceReferenceDate: $0).bounded }
    }
}

extension Duration {
    var microseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds.bounded(to: -1_000_000_000_000...1_000_000_000_000) * 1_000_000
            + attoseconds / 1_000_000_000_000
    }
}
