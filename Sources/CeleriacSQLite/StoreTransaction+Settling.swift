import CeleriacCore
import Foundation
import StoreKit

extension StoreTransaction {
    /// - Returns: whether the lease was ours; if not, nothing was done.
    func complete(_ completion: StoredCompletion) throws -> Bool {
        if case .ack = completion.settlement, let change = completion.change {
            // The hot path.
            guard try takeLease(completion.receipt) else { return false }
            if try !turnIntoRecord(completion.receipt.message, change) {
                try removeMessage(completion.receipt.message)
                try record(change)
            }
        } else {
            guard try settle(completion.receipt, completion.settlement) else { return false }
            if let change = completion.change { try record(change) }
        }
        for change in completion.failed { try record(change) }
        try take(completion.chordSteps)
        if !completion.continuation.isEmpty { _ = try publish(completion.continuation) }
        return true
    }

    /// - Returns: whether the lease was ours; if not, nothing was done.
    func settle(_ receipt: Receipt, _ settlement: StoredSettlement) throws -> Bool {
        guard let deliveries = try deliveries(under: receipt), try takeLease(receipt) else { return false }
        switch settlement {
        case .ack: try removeMessage(receipt.message)
        case .release(let notBefore): try putBack(receipt, notBefore: notBefore, deliveries: max(0, deliveries - 1))
        case .retry(let message, let notBefore): try replace(receipt, with: message, notBefore: notBefore)
        case .deadLetter(let reason): try bury(receipt.message, reason: reason, deliveries: deliveries)
        }
        return true
    }

    /// - Returns: whether the lease was still ours.
    func extend(_ receipt: Receipt, by duration: Duration) throws -> Bool {
        let expires = expiry(in: duration)
        var extend = try use(.extendLease)
        extend.bind(receipt.message)
        extend.bind(receipt.token)
        extend.bind(boot)
        extend.bind(expires)
        if try extend.run() == 1 { return true }
        guard let deliveries = try deliveries(under: receipt), try takeLapsed(receipt) else { return false }
        // The holder is not recorded: the lease is not released with its consumer, but lapses.
        try insertLease(receipt, on: LeaseTerms(consumer: 0, duration: duration), deliveries: deliveries)
        return true
    }

    /// Gives back all messages that a consumer still holds; their deliveries do not count.
    func release(allOf consumer: Int64) throws {
        var find = try use(.leasesOf)
        find.bind(consumer)
        var held: [(call: Int64, token: Int64, queue: Int64)] = []
        while try find.step() { held.append((find.int(0), find.int(1), find.int(2))) }
        for (call, token, queue) in held {
            guard let queue = try name(of: queue) else { continue }
            _ = try settle(Receipt(message: call, token: token, queue: queue), .release(notBefore: nil))
        }
    }

    // MARK: The fence

    /// Ends the lease if the receipt belongs to its holder: the fence before every settlement.
    private func takeLease(_ receipt: Receipt) throws -> Bool {
        var end = try use(.endLease)
        end.bind(receipt.message)
        end.bind(receipt.token)
        if try end.run() == 1 { return true }
        return try takeLapsed(receipt)
    }

    /// Does the same for a lapsed lease if nobody has claimed the message since: it waits, and still belongs to the
    /// receipt.
    private func takeLapsed(_ receipt: Receipt) throws -> Bool {
        guard let (place, _) = try lapsed(receipt) else { return false }
        try removeReady(receipt.message, from: place)
        return true
    }

    private func lapsed(_ receipt: Receipt) throws -> (Place, deliveries: Int64)? {
        var find = try use(.lapsedOf)
        find.bind(receipt.message)
        find.bind(receipt.token)
        guard try find.step() else { return nil }
        return (Place(queue: find.int(0), rank: find.int(1), position: find.double(2)), Int64(find.count(3)))
    }

    /// The number of deliveries of the message; `nil` if the lease is lost.
    private func deliveries(under receipt: Receipt) throws -> Int64? {
        var find = try use(.deliveriesOf)
        find.bind(receipt.message)
        find.bind(receipt.token)
        return try find.step() ? Int64(find.count(0)) : try lapsed(receipt)?.deliveries
    }

    func removeLease(_ call: Int64, _ token: Int64) throws {
        var end = try use(.endLease)
        end.bind(call)
        end.bind(token)
        try end.run()
    }

    // MARK: What becomes of the message

    /// Removes the message from the file; a record of the call stays.
    func removeMessage(_ call: Int64) throws {
        var delete = try use(.deleteCall)
        delete.bind(call)
        guard try delete.run() == 0 else { return }
        var clear = try use(.clearMessage)
        clear.bind(call)
        try clear.run()
    }

    private func putBack(_ receipt: Receipt, notBefore: Date?, deliveries: Int64) throws {
        guard var place = try place(of: receipt.message) else { return }
        if let notBefore, notBefore > now {
            place.notBefore = notBefore
            if !place.isAtFront { place.position = notBefore.timeIntervalSinceReferenceDate }
            try setPlace(of: receipt.message, place)
        }
        try put(receipt.message, in: place, deliveries: deliveries, named: receipt.queue)
    }

    private func place(of call: Int64) throws -> Place? {
        var find = try use(.place)
        find.bind(call)
        guard try find.step() else { return nil }
        return Place(
            queue: find.int(0), rank: find.int(1), position: find.double(2),
            notBefore: find.optionalDouble(3).map(Date.init(timeIntervalSinceReferenceDate:)))
    }

    private func setPlace(of call: Int64, _ place: Place) throws {
        var set = try use(.setPlace)
        set.bind(call)
        set.bind(place.rank)
        set.bind(place.position)
        set.bind(place.notBefore?.timeIntervalSinceReferenceDate)
        try set.run()
    }

    private func replace(_ receipt: Receipt, with message: StoredMessage, notBefore: Date?) throws {
        let position = (notBefore ?? now).timeIntervalSinceReferenceDate
        let rank = Place.rank(message.priority)
        var replace = try use(.replaceMessage)
        replace.bind(receipt.message)
        replace.bind(rank)
        replace.bind(position)
        replace.bind(notBefore?.timeIntervalSinceReferenceDate)
        replace.bind(message)
        guard try replace.step() else { return }
        let place = Place(queue: replace.int(0), rank: rank, position: position, notBefore: notBefore)
        try replace.run()
        try put(receipt.message, in: place, deliveries: 0, named: receipt.queue)
    }
}
