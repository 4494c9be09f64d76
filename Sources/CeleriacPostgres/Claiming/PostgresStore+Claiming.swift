import CeleriacCore
import Foundation
import PostgresClient
import StoreKit

extension PostgresStore {
    /// Claims messages, after what has lapsed was put back, and in one transaction with making ready what is due.
    func claim(
        upTo limit: Int, from order: [QueueName], for consumer: Int64, lease: Duration, at now: Duration
    ) async throws -> [ClaimedMessage] {
        if outlook.isSweepDue(at: now) { _ = try await sweep() }
        let plan = outlook.plan(order, at: now)
        var requests: [Request] = []
        if !plan.promotes.isEmpty { requests.append(Request(.promote, [.texts(plan.promotes.map(\.rawValue))])) }
        requests.append(
            Request(
                .claim,
                [
                    .texts(order.map(\.rawValue)), .int2s(plan.begins.map(\.rank)), .dates(plan.begins.map(\.due)),
                    .ints(plan.begins.map(\.call)), .int(Int64(limit)), .int(consumer),
                    .int(.random(in: .min ... .max - 1_000_000)), .int(lease.microseconds),
                ]))
        var answers = try await run(requests, on: .relaxed)
        let (claimed, firsts) = try messages(in: answers.removeLast())
        if !plan.promotes.isEmpty { try note(answers.removeLast(), of: plan.promotes, at: now) }
        outlook.noteClaim(firsts, after: plan, of: order, at: clock.onServer(time.now))
        if !claimed.isEmpty { note(claimed, until: now + lease) }
        return claimed
    }

    /// Puts back what has lapsed.
    ///
    /// - Returns: whether that was all.
    func sweep() async throws -> Bool {
        let now = time.uptime
        let rows = try await run(
            .sweep, .text(noticeBoard.channels.message), .int(Outlook.sweepInterval.microseconds), on: .relaxed)
        let queues = try rows.compactMap { row in try row.optionalText(0).flatMap(QueueName.init(rawValue:)) }
        announce(queues.map { .ready($0, rank: 0) })
        let next = try rows.compactMap { try $0.optionalInt(1) }.first.map { Duration.microseconds($0) }
        // Lapsed leases are few; a sweep that found some looks again soon.
        outlook.noteSweep(isWhole: queues.isEmpty, next: next, at: now)
        return queues.isEmpty
    }

    private func note(_ promoted: PostgresRows, of queues: [QueueName], at now: Duration) throws {
        guard let row = promoted.first else { return }
        // Each queue moves 1,000 at most; if one did, there may be more.
        let isWhole = try row.int(0) < 1_000
        let next = try row.optionalInt(1).map { Duration.microseconds($0) }
        outlook.notePromotion(of: queues, next: isWhole ? next : .zero, at: now)
    }

    private func note(_ claimed: [ClaimedMessage], until end: Duration) {
        outlook.noteLease(until: end)
        var wakes = Wakes()
        for message in claimed { wakes.addMoved(message.message.id) }
        wakeUps.ring(wakes)
    }

    /// - Returns: the messages, and where the first of each queue stood.
    private func messages(in rows: PostgresRows) throws(PostgresError) -> ([ClaimedMessage], [QueueName: Place]) {
        var firsts: [QueueName: Place] = [:]
        var messages: [ClaimedMessage] = []
        messages.reserveCapacity(rows.count)
        var last: QueueName?
        for row in rows {
            let name = try row.text(5)
            guard let queue = last?.rawValue == name ? last : QueueName(rawValue: name) else { continue }
            let place = Place(rank: Int16(clamping: try row.int(3)), due: try row.date(4), call: try row.int(0))
            if last != queue && firsts[queue] == nil { firsts[queue] = place }
            last = queue
            messages.append(
                ClaimedMessage(
                    receipt: Receipt(message: place.call, token: try row.int(1), queue: queue),
                    message: try StoredMessage(
                        id: StoredKey.text(try row.text(6), try row.optionalText(7)), rank: Int64(place.rank),
                        columns: 8, of: row),
                    deliveryCount: Int(clamping: try row.int(2)), isRevoked: try row.bool(14)))
        }
        return (messages, firsts)
    }

    /// Extends leases; a lapsed one comes back if nobody has claimed its message since.
    ///
    /// - Returns: those that are lost.
    func extendLeases(_ receipts: [Receipt], by duration: Duration) async throws -> Set<Receipt> {
        guard !receipts.isEmpty else { return [] }
        let end = time.uptime + duration
        var lost = try await lost(receipts, after: .extend, by: duration)
        if !lost.isEmpty { lost = try await self.lost(Array(lost), after: .restoreLeases, by: duration) }
        outlook.noteLease(until: end)
        return lost
    }

    private func lost(_ receipts: [Receipt], after sql: SQL, by duration: Duration) async throws -> Set<Receipt> {
        // All in one order, so that two of these never wait for each other.
        let sorted = receipts.sorted { $0.message < $1.message }
        let values: [PostgresValue] = [
            .ints(sorted.map(\.message)), .ints(sorted.map(\.token)), .int(duration.microseconds),
        ]
        let rows = try await run([Request(sql, values)], on: .relaxed, isUrgent: true)[0]
        var standing: Set<Int64> = []
        for row in rows { standing.insert(try row.int(0)) }
        return Set(receipts.filter { !standing.contains($0.message) })
    }

    /// Brings lapsed leases back for a moment, so that their holders can settle.
    func restoreLeases(_ receipts: [Receipt]) async throws -> Set<Receipt> {
        Set(receipts).subtracting(try await lost(receipts, after: .restoreLeases, by: .seconds(10)))
    }
}

extension StoredMessage {
    /// Reads the six columns of a message.
    init(id: String, rank: Int64, columns first: Int, of row: PostgresRow) throws(PostgresError) {
        self.init(
            id: TaskID(id), priority: Place.priority(ofRank: rank),
            contentType: try row.optionalText(first).map(StoredText.text),
            contentEncoding: try row.optionalText(first + 1).map(StoredText.text),
            correlationID: try row.optionalText(first + 2).map(StoredText.text),
            replyTo: try row.optionalText(first + 3).map(StoredText.text), headers: try row.bytes(first + 4),
            body: try row.bytes(first + 5))
    }
}

extension Duration {
    var microseconds: Int64 {
        let (seconds, attoseconds) = components
        return min(max(seconds, -1_000_000_000_000), 1_000_000_000_000) * 1_000_000 + attoseconds / 1_000_000_000_000
    }
}
