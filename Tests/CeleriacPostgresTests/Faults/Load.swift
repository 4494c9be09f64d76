import CeleriacCore
import CeleriacPostgres
import Synchronization

/// Producers and a consumer on one store. As an application does, they try again what the store could not do for the
/// moment.
///
/// Any other error than a ``BrokerError`` that may pass ends the load, and the test.
final class Load: Sendable {
    private struct Ledger {
        var accepted: [TaskID] = []
        var ended = 0
        var errors: [BrokerError.Code: Int] = [:]
        var publishing = 0
        var isClosing = false
    }

    private static let batch = 3
    private let store: PostgresStore
    private let producers: Int
    private let ledger: Mutex<Ledger>

    init(_ store: PostgresStore, producers: Int = 8) {
        self.store = store
        self.producers = producers
        ledger = Mutex(Ledger(publishing: producers))
    }

    /// Runs `script` under load. Then the producers stop, and the consumer ends everything that is left.
    func run(_ script: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for producer in 0..<producers {
                group.addTask {
                    try await self.produce(producer)
                    return false
                }
            }
            group.addTask { try await self.consume() }
            group.addTask {
                try await script()
                try await self.finish()
                return true
            }
            defer { group.cancelAll() }
            while try await group.next() == false {}
        }
    }

    // MARK: What it has come to

    /// The calls whose publication has returned.
    var accepted: [TaskID] { ledger.withLock { $0.accepted } }
    /// How many errors of each code there were.
    var errors: [BrokerError.Code: Int] { ledger.withLock { $0.errors } }

    /// The accepted calls that no record reports as done.
    func lost() async throws -> [TaskID] {
        let accepted = accepted
        let records = try await store.records(of: accepted)
        return accepted.filter { records[$0]?.state != .success }
    }

    /// Waits until so many more calls have been published, and so many more have ended.
    func growth(by count: Int) async throws {
        let (accepted, ended) = ledger.withLock { ($0.accepted.count, $0.ended) }
        try await wait {
            ledger.withLock { $0.accepted.count >= accepted + count && $0.ended >= ended + count }
        }
    }

    /// Waits until a caller has seen one more error.
    func trouble() async throws {
        let before = errors.values.reduce(0, +)
        try await wait { errors.values.reduce(0, +) > before }
    }

    // MARK: Its parts

    private func produce(_ producer: Int) async throws {
        var number = 0
        while !ledger.withLock({ $0.isClosing }) {
            let ids = (number..<number + Self.batch).map { TaskID("\(producer)-\($0)") }
            number += Self.batch
            _ = try await persist { try await store.publish(ids.map { .call($0) }) }
            ledger.withLock { $0.accepted += ids }
        }
        ledger.withLock { $0.publishing -= 1 }
    }

    private func consume() async throws -> Bool {
        try await store.withConsumer(ConsumerTerms([.default], lease: .seconds(2))) { consumer in
            while true {
                let deliveries = try await persist {
                    try await consumer.next(upTo: 100, from: [.default], wait: true)
                }
                let ends = deliveries.map { Completion.success($0) }
                _ = try await persist { try await store.complete(ends) }
                ledger.withLock { $0.ended += ends.count }
            }
        }
    }

    private func finish() async throws {
        ledger.withLock { $0.isClosing = true }
        try await wait { ledger.withLock { $0.publishing == 0 } }
        try await wait { try await store.counts(of: .default) == QueueCounts() }
    }

    private func persist<Value>(_ body: () async throws -> Value) async throws -> Value {
        while true {
            do { return try await body() } catch let error as BrokerError where error.isTransient {
                ledger.withLock { $0.errors[error.code, default: 0] += 1 }
                try await Task.sleep(for: .milliseconds(10))
            }
        }
    }
}

extension Completion {
    /// The end of a task that has returned.
    static func success(_ delivery: Delivery) -> Completion {
        let change = StateChange(id: delivery.id, state: .success, at: SystemTime().now)
        return Completion(receipt: delivery.receipt, settlement: .ack, change: change)
    }
}
