import CeleriacCore
import Foundation
import StoreKit

extension StoreTransaction {
    /// Removes a waiting message for good.
    ///
    /// - Returns: whether there was one; a leased message stays.
    func remove(_ id: TaskID) throws -> Bool {
        try sweepLapsed()
        guard let (call, place) = try waiting(id) else { return false }
        try removeReady(call, from: place)
        if let due = place.notBefore {
            var delete = try use(.deleteDelayed)
            delete.bind(place.queue)
            delete.bind(due.timeIntervalSinceReferenceDate)
            delete.bind(call)
            try delete.run()
        }
        try removeMessage(call)
        wakes.add(id)
        return true
    }

    private func waiting(_ id: TaskID) throws -> (call: Int64, Place)? {
        var find = try use(.callByID)
        find.bind(id.rawValue)
        guard try find.step() else { return nil }
        let call = find.int(0)
        let place = Place(
            queue: find.int(1), rank: find.int(2), position: find.double(3),
            notBefore: find.optionalDouble(4).map(Date.init(timeIntervalSinceReferenceDate:)))
        var lease = try use(.isLeased)
        lease.bind(call)
        return try lease.step() ? nil : (call, place)
    }

    /// Deletes up to `limit` waiting messages of a queue, but none that came after `last`.
    ///
    /// - Returns: the number of messages that were deleted.
    func purge(_ queue: QueueName, upTo limit: Int, notAfter last: Int64) throws -> Int {
        try sweepLapsed()
        guard let queue = try number(of: queue) else { return 0 }
        var find = try use(.waitingIn)
        find.bind(queue)
        find.bind(last)
        find.bind(Int64(limit))
        var ids: [TaskID] = []
        while try find.step() { ids.append(TaskID(find.text(0))) }
        for id in ids { _ = try remove(id) }
        return ids.count
    }

    func lastCall() throws -> Int64 {
        let find = try use(.lastCall)
        return try find.step() ? find.int(0) : 0
    }

    // MARK: Revocations

    /// Revokes a call: its waiting message is removed, and its state becomes REVOKED.
    ///
    /// A message of a group stays, because a chord may wait for its part: a worker must find it revoked, and report
    /// that.
    ///
    /// - Parameter change: the change to the state REVOKED.
    func revoke(_ change: StoredChange, terminate: Bool, until: Date) throws -> Bool {
        var revoke = try use(.revoke)
        revoke.bind(change.id.rawValue)
        revoke.bind(Int64(terminate ? 1 : 0))
        revoke.bind(until.timeIntervalSinceReferenceDate)
        try revoke.run()
        wakes.hasRevocations = true
        try sweepLapsed()
        guard let (call, _) = try waiting(change.id) else { return false }
        let isRemoved = try !isInGroup(call) && remove(change.id)
        try record(change)
        return isRemoved
    }

    private func isInGroup(_ call: Int64) throws -> Bool {
        var find = try use(.headersOfCall)
        find.bind(call)
        guard try find.step() else { return false }
        return (try? MessageHeaders(parsing: find.bytes(0)))?.group != nil
    }

    // MARK: Dead letters

    /// Puts a dead letter back into its queue as a first attempt, and deletes the call's result.
    ///
    /// - Returns: whether it was there. A letter whose id is now used by a live message stays dead, and counts as not
    ///   there.
    func requeue(_ id: TaskID) throws -> Bool {
        guard let publication = try exhumed(id), try publish([publication]).duplicates.isEmpty else { return false }
        try forget(publication.id)
        return try deleteDeadLetter(id)
    }

    private func exhumed(_ id: TaskID) throws -> StoredPublication? {
        var find = try use(.takeGrave)
        find.bind(id.rawValue)
        guard try find.step(), let queue = try name(of: find.int(0)) else { return nil }
        let message = StoredMessage(id: id.rawValue, rank: find.int(1), columns: 2, of: find)
        return StoredPublication(message.asFirstAttempt(), to: queue)
    }

    func deleteDeadLetter(_ id: TaskID) throws -> Bool {
        var delete = try use(.deleteGrave)
        delete.bind(id.rawValue)
        return try delete.run() == 1
    }
}
