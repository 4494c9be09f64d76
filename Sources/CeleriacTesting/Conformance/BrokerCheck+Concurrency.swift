import CeleriacCore
import Synchronization

extension Check where Subject == any Broker {
    static var concurrency: [BrokerCheck] {
        [
            BrokerCheck(
                "of what many publish and many claim at once nothing is lost and nothing comes twice", needs: [.counts]
            ) {
                broker, _ in
                let tally = Tally(expected: 400)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for publisher in 0..<8 {
                        group.addTask {
                            for number in 0..<50 { try await broker.publish(TaskID("\(publisher)-\(number)")) }
                        }
                    }
                    group.addTask { try await tally.drain(broker, consumers: 4) }
                    try await group.waitForAll()
                }
                try expect(tally.repeated, is: [], "claimed twice")
                try await broker.becomesEmpty()
            },
            BrokerCheck("of what many release and claim at once nothing is lost", needs: [.counts]) { broker, _ in
                let tally = Tally(expected: 100, releasing: true)
                try await broker.publish((0..<100).map { .sample(TaskID("\($0)")) })
                try await tally.drain(broker, consumers: 4)
                try expect(tally.repeated, is: [], "acked twice")
                try await broker.becomesEmpty()
            },
            BrokerCheck("of many who publish one unique call at once one succeeds", needs: [.uniqueKeys, .counts]) {
                broker, _ in
                let taken = try await withThrowingTaskGroup(of: Int.self) { group in
                    for number in 0..<20 {
                        group.addTask {
                            let id = TaskID("\(number)")
                            let report = try await broker.publish([.sample(id, unique: .untilDone)])
                            return report.duplicates.isEmpty ? 1 : 0
                        }
                    }
                    return try await group.reduce(0, +)
                }
                try expect(taken, is: 1, "taken")
                try expect(await broker.counts(of: .default).ready, is: 1, "ready")
            },
            randomWalk(seed: .random(in: 0 ... .max)),
        ]
    }
}

/// Counts the messages that many consumers ack, until all have arrived.
private final class Tally: Sendable {
    private let expected: Int
    private let isReleasing: Bool
    private let counts = Guarded<[TaskID: Int]>([:])

    /// - Parameter releasing: whether every second batch is released first.
    init(expected: Int, releasing: Bool = false) {
        self.expected = expected
        isReleasing = releasing
    }

    var repeated: [TaskID] { counts.withLock { counts in counts.filter { $0.value > 1 }.map(\.key) } }

    func drain(_ broker: any Broker, consumers: Int) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<consumers { group.addTask { try await self.consume(broker) } }
            // The first consumer that ends has seen the last message; the others still wait for messages.
            try await group.next()
            group.cancelAll()
            while let result = await group.nextResult() {
                if case .failure(let error) = result, !(error is CancellationError) { throw error }
            }
        }
    }

    private func consume(_ broker: any Broker) async throws {
        try await broker.consume { consumer in
            var turn = 0
            while counts.withLock({ $0.count }) < expected {
                let deliveries = try await consumer.next(upTo: 7, from: [.default], wait: true)
                turn += 1
                let isGivenBack = isReleasing && turn.isMultiple(of: 2)
                let lost = try await consumer.settle(deliveries.map { ($0.receipt, isGivenBack ? .release() : .ack) })
                try expect(lost, is: [], "receipts lost")
                if !isGivenBack { count(deliveries) }
            }
        }
    }

    private func count(_ deliveries: [Delivery]) {
        counts.withLock { counts in
            for delivery in deliveries { counts[delivery.id, default: 0] += 1 }
        }
    }
}
