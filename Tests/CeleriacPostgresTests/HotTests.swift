import CeleriacCore
import Foundation
import StoreKit
import Testing

@testable import CeleriacPostgres

/// An update that stays in its page and touches no index (a "heap-only tuple") costs a fraction of another one, and its
/// old version is cleared away by the next reader of the page.
@Suite("The hottest writes stay in their page", .serialized, .timeLimit(.minutes(15)))
struct HotTests {
    @Test("renewals of leases stay in their page")
    func renewals() async throws {
        try await Stores.withOwnServer { store, _, _ in
            let (leases, rounds) = (512, 20)
            try await store.fill(with: leases)
            let receipts = try await store.claimed(leases).map(\.receipt)
            #expect(receipts.count == leases)
            for _ in 0..<rounds { #expect(try await store.extendLeases(receipts, by: .minutes(10)) == []) }
            let updates = try await Updates(of: "lease", store)
            print("renewals: \(updates)")
            #expect(updates.all == Int64(leases * rounds))
            #expect(updates.share >= 0.95)
        }
    }

    /// How calls come in and end.
    enum Load: String, CaseIterable, Sendable, CustomTestStringConvertible {
        /// Each batch is claimed and ended before the next one is published.
        case steady
        /// All calls are published before the first one is claimed.
        case backlog

        var testDescription: String { rawValue }
    }

    @Test("the end of a call turns its message into its record where it lies", arguments: Load.allCases)
    func ends(load: Load) async throws {
        try await Stores.withOwnServer { store, _, _ in
            let (calls, batch) = (5_000, 256)
            let ids = (0..<calls).map { TaskID("00000000-0000-4000-8000-\($0 + 100_000_000_000)") }
            let parts = Array(ids).parts(of: batch)
            if load == .backlog { for part in parts { try await publish(part, store) } }
            for part in parts {
                if load == .steady { try await publish(part, store) }
                let claimed = try await store.claimed(batch)
                #expect(try await store.complete(claimed.map { end($0, store) }) == [])
            }
            #expect(try await store.record(of: ids[calls - 1])?.state == .success)
            let updates = try await Updates(of: "call", store)
            print("ends of calls, \(load): \(updates)")
            #expect(updates.all == Int64(calls))
            #expect(updates.share >= 0.9)
        }
    }

    private func publish(_ ids: [TaskID], _ store: PostgresStore) async throws {
        try await store.publish(ids.map { .call($0, bytes: 500) })
    }

    private func end(_ claimed: ClaimedMessage, _ store: PostgresStore) -> Completion {
        var change = StateChange(
            id: claimed.message.id, state: .success, at: store.time.now, expires: store.time.now.adding(.days(1)))
        change.record.result = Array(repeating: UInt8(ascii: "7"), count: 200)
        change.record.task = "tests.sample"
        change.record.queue = .default
        change.record.worker = "worker-1.4711@host"
        change.record.startedAt = store.time.now
        return Completion(receipt: claimed.receipt, settlement: .ack, change: change)
    }
}

/// The updates of a table so far.
struct Updates: CustomStringConvertible {
    let all: Int64
    let hot: Int64

    init(of table: String, _ store: PostgresStore) async throws {
        all = try await store.statistics("n_tup_upd")[table] ?? 0
        hot = try await store.statistics("n_tup_hot_upd")[table] ?? 0
    }

    var share: Double { all == 0 ? 0 : Double(hot) / Double(all) }
    var description: String { "\(hot) of \(all) updates stayed in their page (\(share))" }
}
