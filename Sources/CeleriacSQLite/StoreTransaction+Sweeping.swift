import CeleriacCore
import Foundation
import StoreKit

extension StoreTransaction {
    /// How often a sweep looks for leases that other processes made; no lease is shorter than a second.
    private static let sweepInterval = Duration.milliseconds(500)
    private static let mostSwept: Int64 = 1_000

    /// Puts messages whose lease has lapsed back into their old places.
    ///
    /// Every claim does this, so nobody depends on a process that sweeps. It reads the leases only when one may have
    /// lapsed: leases are few, but claims are hot.
    func sweepLapsed() throws {
        guard uptime >= nextSweep else { return }
        var find = try use(.lapsedLeases)
        find.bind(boot)
        find.bind(uptime.microseconds)
        find.bind(Self.mostSwept)
        var lapsed: [(receipt: (call: Int64, token: Int64), deliveries: Int64, place: Place)] = []
        while try find.step() {
            let place = Place(queue: find.int(3), rank: find.int(4), position: find.double(5))
            lapsed.append(((find.int(0), find.int(2)), find.int(1), place))
        }
        for (receipt, deliveries, place) in lapsed {
            try removeLease(receipt.call, receipt.token)
            try makeReady(receipt.call, in: place, deliveries: deliveries, token: receipt.token)
            if let name = try name(of: place.queue) { wakes.add(name) }
        }
        nextSweep = lapsed.count < Self.mostSwept ? try sweepDue() : uptime
    }

    private func sweepDue() throws -> Duration {
        let find = try use(.nextLapse)
        let latest = uptime + Self.sweepInterval
        guard try find.step(), !find.isNull(0) else { return latest }
        return min(latest, .microseconds(find.int(0)))
    }

    /// Deletes expired records, chords, revocations and worker lines.
    ///
    /// - Returns: whether there are more records or chords to delete.
    func deleteExpired(upTo limit: Int) throws -> Bool {
        for statement in [SQL.deleteExpiredRevocations, .deleteExpiredWorkers] {
            var delete = try use(statement)
            delete.bind(now.timeIntervalSinceReferenceDate)
            try delete.run()
        }
        var find = try use(.expiredCalls)
        find.bind(now.timeIntervalSinceReferenceDate)
        find.bind(Int64(limit))
        var expired: [TaskID] = []
        while try find.step() { expired.append(TaskID(find.text(0))) }
        for id in expired { try forget(id) }
        return try max(expired.count, deleteExpiredChords(upTo: limit)) == limit
    }
}
