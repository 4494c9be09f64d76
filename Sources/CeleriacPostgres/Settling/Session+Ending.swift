import CeleriacCore
import Foundation
import PostgresClient
import StoreKit

extension Session {
    /// Ends deliveries by one statement of each kind, all in one transaction, and tells who waits.
    ///
    /// - Returns: the calls that were ended.
    func end(_ groups: EndGroups, within deadline: Duration? = nil) async throws -> Set<Int64> {
        let ends = groups.requests(store)
        guard !ends.isEmpty else { return [] }
        let changes = groups.recorded.compactMap { $0.change?.id }
        let answers = try await run(
            ends + store.notifications(of: changes, groups.notices(at: store.time.now)), within: deadline)
        var ended: Set<Int64> = []
        for rows in answers.prefix(ends.count) {
            for row in rows { ended.insert(try row.int(0)) }
        }
        for queue in Set(groups.buried.map(\.completion.receipt.queue)) { try await trimDeadLetters(of: queue) }
        return ended
    }

    /// Ends deliveries with all that belongs to them: records, what follows, steps of chords. Within a transaction.
    ///
    /// - Returns: the calls that were ended.
    func end(composite completions: [StoredCompletion]) async throws -> Set<Int64> {
        var settlements = EndGroups([])
        for completion in completions { settlements.addSettlement(of: completion) }
        let ended = try await end(settlements)
        let standing = completions.filter { ended.contains($0.receipt.message) }
        try await record(standing.flatMap { [$0.change].compactMap { $0 } + $0.failed })
        try await take(standing.flatMap(\.chordSteps))
        let continuation = standing.flatMap(\.continuation)
        if !continuation.isEmpty { _ = try await publish(continuation) }
        return ended
    }
}

extension PostgresStore {
    /// The statements that tell other processes of records and queues.
    func notifications(of changed: [TaskID], _ notices: [Notice]) -> [Request] {
        var requests: [Request] = []
        if !changed.isEmpty {
            let payloads = CallMark.payloads(of: changed)
            requests.append(Request(.notify, [.text(noticeBoard.channels.record), .texts(payloads)]))
        }
        let payloads = Set(notices.map(\.payload))
        if !payloads.isEmpty {
            requests.append(Request(.notify, [.text(noticeBoard.channels.message), .texts(Array(payloads))]))
        }
        return requests
    }
}
