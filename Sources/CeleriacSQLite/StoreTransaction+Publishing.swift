import CeleriacCore
import Foundation
import StoreKit

extension StoreTransaction {
    func publish(_ publications: [StoredPublication]) throws -> PublishReport {
        var report = PublishReport()
        for publication in publications {
            if let holder = try holder(of: publication.unique) {
                report.duplicates[publication.id] = holder
            } else if try !insert(publication) {
                report.duplicates[publication.id] = publication.id
            }
        }
        return report
    }

    private func holder(of claim: UniqueClaim?) throws -> TaskID? {
        guard let claim else { return nil }
        var find = try use(.holderOfKey)
        find.bind(claim.key)
        return try find.step() ? TaskID(find.text(0)) : nil
    }

    /// - Returns: whether it was accepted; `false` if a message with its id exists.
    private func insert(_ publication: StoredPublication) throws -> Bool {
        let queue = try numberMade(for: publication.queue)
        let place = Place(
            queue: queue, rank: Place.rank(publication.message.priority, atFront: publication.atFront),
            position: (publication.notBefore ?? now).timeIntervalSinceReferenceDate, notBefore: publication.notBefore)
        guard let call = try insertCall(publication, place) else { return false }
        wakes.addMoved(publication.id)
        try put(call, in: publication.atFront ? atFront(call, place) : place, deliveries: 0, named: publication.queue)
        return true
    }

    private func insertCall(_ publication: StoredPublication, _ place: Place) throws -> Int64? {
        if try callBound(to: .insertCall, publication, place).run() == 1 { return lastInsertedNumber }
        let revive = try callBound(to: .reviveCall, publication, place)
        guard try revive.step() else { return nil }
        let number = revive.int(0)
        try revive.run()
        return number
    }

    private func callBound(
        to sql: SQL, _ publication: StoredPublication, _ place: Place
    ) throws -> PreparedStatement {
        var statement = try use(sql)
        statement.bind(publication.id.rawValue)
        statement.bind(place.queue)
        statement.bind(place.rank)
        statement.bind(place.position)
        statement.bind(place.notBefore?.timeIntervalSinceReferenceDate)
        statement.bind(now.timeIntervalSinceReferenceDate)
        statement.bind(publication.unique?.key)
        statement.bind(publication.unique.map { $0.span == .untilStart ? Int64(1) : 0 })
        statement.bind(publication.message)
        return statement
    }

    private func atFront(_ call: Int64, _ place: Place) throws -> Place {
        var move = try use(.setFront)
        move.bind(call)
        try move.run()
        var place = place
        place.position = -Double(call)
        return place
    }

    /// Makes a message wait in its place: among the ready messages, or among the delayed ones if it is not due yet.
    func put(
        _ call: Int64, in place: Place, deliveries: Int64, token: Int64? = nil, named queue: QueueName
    ) throws {
        wakes.add(queue)
        if let due = place.notBefore, due > now {
            var insert = try use(.insertDelayed)
            insert.bind(place.queue)
            insert.bind(due.timeIntervalSinceReferenceDate)
            insert.bind(call)
            insert.bind(deliveries)
            try insert.run()
        } else {
            try makeReady(call, in: place, deliveries: deliveries, token: token)
        }
    }

    func makeReady(_ call: Int64, in place: Place, deliveries: Int64, token: Int64?) throws {
        var insert = try use(.insertReady)
        insert.bind(place.queue)
        insert.bind(place.rank)
        insert.bind(place.position)
        insert.bind(call)
        insert.bind(deliveries)
        insert.bind(token)
        try insert.run()
    }
}

/// The place of a waiting message in its queue: the key of its row in `ready`, and its due time.
struct Place {
    var queue: Int64
    var rank: Int64
    var position: Double
    var notBefore: Date?

    static func rank(_ priority: CallPriority, atFront: Bool = false) -> Int64 {
        Int64(2 * (9 - priority.rawValue) + (atFront ? 0 : 1))
    }

    static func priority(ofRank rank: Int64) -> CallPriority { CallPriority(clamping: 9 - Int(rank / 2)) }

    var isAtFront: Bool { rank.isMultiple(of: 2) }
}
