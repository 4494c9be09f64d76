public import CeleriacCore
import Foundation
import PostgresClient
import StoreKit

extension PostgresStore: QueueCounter {
    public var traits: BrokerTraits { BrokerTraits(clock: hasInjectedTime ? .injected : .server) }

    public func withConsumer<Value: Sendable>(
        _ terms: ConsumerTerms, _ body: (any Consumer) async throws -> Value
    ) async throws -> Value {
        let consumer = PostgresConsumer(of: self, lease: terms.lease)
        let value: Value
        do {
            value = try await body(consumer)
        } catch {
            await consumer.closeAfterFailure()
            throw error
        }
        try await consumer.close()
        return value
    }

    public func counts(of queue: QueueName) async throws -> QueueCounts {
        guard let row = try await run(.counts, .text(queue.rawValue), on: .relaxed).first else { return QueueCounts() }
        let (due, lapsed) = (Int(clamping: try row.int(2)), Int(clamping: try row.int(4)))
        return QueueCounts(
            ready: Int(clamping: try row.int(0)) + due + lapsed, delayed: Int(clamping: try row.int(1)) - due,
            leased: Int(clamping: try row.int(3)), dead: Int(clamping: try row.int(5)),
            oldestReady: try row.optionalInt(6).map { .microseconds(max(0, $0)) })
    }

    /// Deletes in batches so that a purge of a million messages blocks nobody; messages that are published meanwhile
    /// stay.
    public func purge(_ queue: QueueName) async throws -> Int {
        while try await !sweep() {}
        let last = try await run(.lastCall, on: .relaxed).first?.int(0) ?? 0
        var purged = 0
        while true {
            let rows = try await run(.purge, .text(queue.rawValue), .int(last), .int(1_000))
            let part = Int(clamping: try rows.first?.int(0) ?? 0)
            purged += part
            if part == 0 { return purged }
        }
    }
}
