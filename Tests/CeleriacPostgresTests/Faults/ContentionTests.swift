import CeleriacCore
import CeleriacPostgres
import TestKit
import Testing

extension FaultTests {
    @Test(
        "many tasks change the same calls at once: transactions that lose are repeated, and no caller sees an error")
    func contention() async throws {
        let rounds = LongRun.count(40, short: 4)
        try await FaultField.run(["deadlock_timeout": "10ms"], deadline: .seconds(60)) { field in
            for round in 0..<rounds { try await Melee(field.store, round).run() }
            let deadlocks = try await field.number(
                "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
            print("contention: \(rounds) rounds, \(deadlocks) deadlocks")
            #expect(try await field.store.counts(of: .default) == QueueCounts())
        }
    }
}

/// Many tasks that change the same few calls, each in an order of its own.
private struct Melee: Sendable {
    private static let count = 40
    private static let turns = 20
    private let store: PostgresStore
    private let ids: [TaskID]

    init(_ store: PostgresStore, _ round: Int) {
        self.store = store
        ids = (0..<Self.count).map { TaskID("\(round)-\($0)") }
    }

    func run() async throws {
        try await store.publish(ids.map { .call($0) })
        try await store.withConsumer(ConsumerTerms([.default], lease: .seconds(60))) { consumer in
            let held = try await consumer.next(upTo: Self.count, from: [.default], wait: false)
            #expect(held.count == Self.count)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for act in acts(on: held) {
                    for _ in 0..<3 { group.addTask { for _ in 0..<Self.turns { try await act() } } }
                }
                try await group.waitForAll()
            }
        }
        try await drain()
        let records = try await store.records(of: ids)
        #expect(ids.allSatisfy { records[$0]?.state.isTerminal == true })
    }

    private func acts(on held: [Delivery]) -> [@Sendable () async throws -> Void] {
        [
            { try await store.revoke(some, terminate: false, until: SystemTime().now.adding(.hours(1))) },
            { try await store.record(some.map { StateChange(id: $0, state: .retry, at: SystemTime().now) }) },
            { try await store.record(some.map { StateChange(id: $0, state: .failure, at: SystemTime().now) }) },
            { try await store.publish(some.map { .call($0) }) },
            { _ = try await store.complete(held.shuffled().prefix(5).map { .success($0) }) },
            {
                _ = try await store.complete(
                    held.shuffled().prefix(2).map { Completion(receipt: $0.receipt, settlement: .release()) })
            },
            { _ = try await store.remove(some[0]) },
            { try await claimAndEnd(5) },
        ]
    }

    private var some: [TaskID] { Array(ids.shuffled().prefix(10)) }

    /// What was published again in between, or given back, is claimed by somebody else.
    @discardableResult
    private func claimAndEnd(_ limit: Int) async throws -> Int {
        try await store.withConsumer(ConsumerTerms([.default], lease: .seconds(60))) { consumer in
            let claimed = try await consumer.next(upTo: limit, from: [.default], wait: false)
            _ = try await store.complete(claimed.shuffled().map { .success($0) })
            return claimed.count
        }
    }

    private func drain() async throws {
        while try await claimAndEnd(100) > 0 {}
    }
}
