public import CeleriacCore
import CeleriacRQWire
import Foundation
import Logging
import RESPClient
import RedisKit

extension RQStore: Broker, QueueCounter {
    /// RQ's queues are lists without priorities. Its jobs are calls with arguments as data, and their ids allow few
    /// characters.
    public var traits: BrokerTraits {
        BrokerTraits(
            claimOrder: .arrival, priorities: false, anyNames: false, anyBytes: false,
            clock: hasInjectedTime ? .injected : .server)
    }

    public var transport: String { "rq" }

    /// Claims jobs in strict order of the queues. A consumer that waits blocks on the lists themselves, so Python's
    /// producers wake it too: `BLMOVE list list LEFT LEFT` puts back what it takes, in one step.
    public func withConsumer<Value: Sendable>(
        _ terms: ConsumerTerms, _ body: (any Consumer) async throws -> Value
    ) async throws -> Value {
        for queue in terms.queues { try check(queue) }
        let consumer = RQConsumer(of: self, lease: terms.lease)
        do {
            let value = try await body(consumer)
            await consumer.close()
            return value
        } catch {
            await consumer.close()
            throw error
        }
    }

    /// Jobs that wait for others count as delayed. The age is that of the oldest job among the first and the last
    /// hundred.
    public func counts(of queue: QueueName) async throws -> QueueCounts {
        let script = "COUNT"
        let answer = try await run(RQScripts.count, [queue.rawValue]).elements(atLeast: 7, of: script)
        func number(_ place: Int) throws -> Int { try answer[place].count(of: script) }
        guard let now = answer[0].text.flatMap({ Int64($0) }), now.magnitude < 1 << 53 else {
            throw BrokerError.malformedAnswer(to: script)
        }
        var since = (answer[5].elements ?? []).compactMap { $0.text.flatMap(RQTime.parse) }
        if let due = answer[6].text.flatMap(Double.init) { since.append(Date(timeIntervalSince1970: due)) }
        let oldest = since.min()?.microseconds
        return QueueCounts(
            ready: try number(1), delayed: try number(2), leased: try number(3), dead: try number(4),
            oldestReady: oldest.map { .microseconds(max(0, now.subtractingReportingOverflow($0).partialValue)) })
    }

    /// Also deletes the jobs themselves, as RQ's `empty` does.
    public func purge(_ queue: QueueName) async throws -> Int {
        try check(queue)
        let waiting = try await counts(of: queue).waiting ?? 0
        var (purged, part) = (0, 0)
        repeat {
            try Task.checkCancellation()
            // Deletes in batches so that a purge of a million jobs blocks nobody, and stops at the initial count so
            // that it cannot chase a producer.
            let most = min(1_000, max(waiting - purged, 1))
            part = try await run(RQScripts.purge, [queue.rawValue, most]).count(of: "PURGE")
            purged += part
        } while part > 0 && purged < waiting
        return purged
    }
}
