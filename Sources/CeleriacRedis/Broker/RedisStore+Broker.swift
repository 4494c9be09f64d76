public import CeleriacCore
import CeleriacWire
import Foundation
import Logging
import RESPClient

extension RedisStore: Broker {
    public func withConsumer<Value: Sendable>(
        of queues: [QueueName], lease: Duration, _ body: (any Consumer) async throws -> Value
    ) async throws -> Value {
        try check(queues)
        let consumer = RedisConsumer(of: self, queues: queues, lease: lease)
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

    /// Receives what is meant for a consumer: broadcasts at once, hints from its first wait on.
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
        let answer = try await run(Scripts.count, [queue.rawValue]).elements ?? []
        guard answer.count >= 7 else { return QueueCounts() }
        func number(_ place: Int) -> Int { Int(answer[place].integer ?? 0) }
        let now = answer[0].text.flatMap { Int64($0) } ?? 0
        var since = answer.dropFirst(7).compactMap { $0.text.flatMap(DeliveryTag.init)?.servedFrom }
        if let due = answer[6].text.flatMap(Double.init) { since.append(Int64(boundedScore: due)) }
        return QueueCounts(
            ready: number(1), delayed: number(2), leased: number(3) + number(4), dead: number(5),
            oldestReady: since.min().map { .microseconds(max(0, now - $0)) })
    }

    public func purge(_ queue: QueueName) async throws -> Int {
        try check([queue])
        let before = try await counts(of: queue)
        var purged = 0
        while true {
            // In parts, so that a purge of a million holds nobody up; no more than waited, lest it runs after a producer.
            let most = min(1_000, max(before.waiting - purged, 1))
            let part = Int(try await run(Scripts.purge, [queue.rawValue, most]).integer ?? 0)
            purged += part
            if part < most || purged >= before.waiting { return purged }
        }
    }
}
