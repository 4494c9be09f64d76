public import CeleriacCore
import CeleriacWire
import Foundation
import Logging
import RESPClient

extension RQStore: Broker {
    /// Jobs are claimed in strict order of the queues. Who waits blocks on the lists themselves, so that it hears of Python's
    /// producers too: `BLMOVE list list LEFT LEFT` puts back what it takes, in one step.
    public func withConsumer<Value: Sendable>(
        of queues: [QueueName], lease: Duration, _ body: (any Consumer) async throws -> Value
    ) async throws -> Value {
        for queue in queues { try check(queue) }
        let consumer = RQConsumer(of: self, lease: lease)
        do {
            let value = try await body(consumer)
            await consumer.close()
            return value
        } catch {
            await consumer.close()
            throw error
        }
    }

    /// Jobs that wait for others count as delayed. The age is that of the longest waiting among the first and the last hundred.
    public func counts(of queue: QueueName) async throws -> QueueCounts {
        let answer = try await run(RQScripts.count, [queue.rawValue]).elements ?? []
        guard answer.count >= 7, let now = answer[0].text.flatMap({ Int64($0) }) else { return QueueCounts() }
        func number(_ place: Int) -> Int { Int(answer[place].integer ?? 0) }
        var since = (answer[5].elements ?? []).compactMap { $0.text.flatMap(RQTime.parse) }
        if let due = answer[6].text.flatMap(Double.init) { since.append(Date(timeIntervalSince1970: due)) }
        return QueueCounts(
            ready: number(1), delayed: number(2), leased: number(3), dead: number(4),
            oldestReady: since.min().map { .microseconds(max(0, now - $0.microseconds)) })
    }

    /// Deletes the jobs themselves, as RQ's `empty` does.
    public func purge(_ queue: QueueName) async throws -> Int {
        try check(queue)
        let before = try await counts(of: queue)
        var purged = 0
        while true {
            // In parts, so that a purge of a million holds nobody up; no more than waited, lest it runs after a producer.
            let most = min(1_000, max(before.waiting - purged, 1))
            let part = Int(try await run(RQScripts.purge, [queue.rawValue, most]).integer ?? 0)
            purged += part
            if part < most || purged >= before.waiting { return purged }
        }
    }
}
