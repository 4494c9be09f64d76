public import CeleriacCore
import CeleriacWire
import Foundation
import Logging
import RESPClient
import RedisKit

extension RedisStore: Broker, QueueCounter {
    /// Kombu's lists have no index by id, and are in order of arrival.
    public var traits: BrokerTraits {
        BrokerTraits(claimOrder: .arrival, knowsIDs: false, clock: hasInjectedTime ? .injected : .server)
    }

    public var transport: String { "redis" }

    public func withConsumer<Value: Sendable>(
        _ terms: ConsumerTerms, _ body: (any Consumer) async throws -> Value
    ) async throws -> Value {
        try check(terms.queues)
        let consumer = RedisConsumer(of: self, queues: terms.queues, lease: terms.lease)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await self.listen(for: consumer) }
            defer { group.cancelAll() }
            let value: Value
            do {
                value = try await body(consumer)
            } catch {
                await consumer.close()
                throw error
            }
            await consumer.close()
            return value
        }
    }

    /// Listens on behalf of a consumer: to broadcasts at once, to hints from its first wait on.
    private func listen(for consumer: RedisConsumer) async {
        do {
            let hasBroadcasts = consumer.queues.contains { !exchanges.fanouts(of: $0).isEmpty }
            if !hasBroadcasts { try await consumer.untilFirstWait() }
            let listener = ConsumerListener(consumer, hearsAll: hasBroadcasts)
            try await client.subscribe(
                channels: listener.channels, patterns: listener.patterns, isListening: { listener.isListening() }
            ) { listener.received($0) }
        } catch is CancellationError {
            return
        } catch {
            logger.warning(
                "No channel of Redis can be listened to: wake-ups may be late, broadcasts do not arrive",
                metadata: ["error": "\(error)"])
        }
    }

    public func counts(of queue: QueueName) async throws -> QueueCounts {
        let script = "COUNT"
        let answer = try await run(Scripts.count, [queue.rawValue]).elements(atLeast: 8, of: script)
        func number(_ place: Int) throws -> Int { try answer[place].count(of: script) }
        guard let now = answer[0].text.flatMap({ Int64($0) }), now.magnitude < 1 << 53 else {
            throw BrokerError.malformedAnswer(to: script)
        }
        strayKeys.note(answer[7], among: keys.lists(queue))
        var since = answer.dropFirst(8).compactMap { $0.text.flatMap(DeliveryTag.init)?.servedFrom }
        if let due = answer[6].text.flatMap(Double.init), abs(due) < 0x1p53 { since.append(Int64(due)) }
        return QueueCounts(
            ready: try number(1), delayed: try number(2), leased: try number(3) + number(4), dead: try number(5),
            oldestReady: since.min().map { .microseconds(max(0, now.subtractingReportingOverflow($0).partialValue)) })
    }

    public func purge(_ queue: QueueName) async throws -> Int {
        try check([queue])
        let waiting = try await counts(of: queue).waiting ?? 0
        var (purged, part) = (0, 0)
        repeat {
            try Task.checkCancellation()
            // Deletes in batches so that a purge of a million messages blocks nobody, and stops at the initial count so
            // that it cannot chase a producer.
            let most = min(1_000, max(waiting - purged, 1))
            part = try await run(Scripts.purge, [queue.rawValue, most]).count(of: "PURGE")
            purged += part
        } while part > 0 && purged < waiting
        return purged
    }
}
