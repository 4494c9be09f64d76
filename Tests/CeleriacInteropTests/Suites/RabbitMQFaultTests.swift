import Celeriac
import CeleriacCore
import Foundation
import RabbitMQUnderTest
import RedisUnderTest
import Synchronization
import TestKit
import Testing

extension Interop {
    /// Real processes, real kills, real cuts: what RabbitMQ has accepted is never lost. The files beside this one hold the
    /// tests by topic.
    @Suite(
        "RabbitMQ faults", .rabbitMQField, .serialized,
        .enabled(if: RabbitMQServer.isExpected, "rabbitmq-server is not installed"))
    struct RabbitMQFaults {}
}

extension Interop.RabbitMQFaults {
    @Test(
        "a server killed under the publishes of 64 tasks has every call whose publish returned",
        .timeLimit(.minutes(15)), arguments: RabbitMQFleet.Queues.allCases)
    func killUnderPublishes(queues: RabbitMQFleet.Queues) async throws {
        let count = LongRun.count(30_000, short: 5_000)
        try await RabbitMQTrial.run(queues) { trial in
            _ = try await trial.sendMarks(1, from: -1)
            try await trial.server.sync()
            let load = PublishLoad(trial, count: count)
            async let publishing: Void = load.run(tasks: 64)
            try await waitUntil { load.accepted.count >= count / 3 }
            try await trial.server.kill()
            try await trial.server.start()
            try await publishing
            let accepted = load.accepted
            let found = try await Self.drain(trial, of: accepted)
            let missing = accepted.subtracting(found)
            print(
                "server killed under publishes, \(queues): accepted \(accepted.count), missing \(missing.count), "
                    + "failed \(load.failed), of these taken \(Set(found).count - accepted.count - 1), "
                    + "twice \(found.count - Set(found).count)")
            #expect(accepted.count >= count && missing.isEmpty)
            #expect(load.failed > 0, "the server died when nothing was under way")
            #expect(found.count == Set(found).count, "a call is there twice")
        }
    }

    /// Takes everything out of the queue.
    ///
    /// What a consumer gives back is in no queue for a moment, and the server counts a quorum queue every few seconds. So
    /// this looks for the accepted calls until a deadline, however empty the queue seems.
    private static func drain(_ trial: RabbitMQTrial, of accepted: Set<TaskID>) async throws -> [TaskID] {
        var found: [TaskID] = []
        let due = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < due, !accepted.isSubset(of: found) { found += try await take(trial) }
        repeat { found += try await take(trial) } while try await !trial.isEmpty
        return found
    }

    /// Takes what arrives soon.
    private static func take(_ trial: RabbitMQTrial) async throws -> [TaskID] {
        let terms = ConsumerTerms([trial.queue], lease: .seconds(30), capacity: 500)
        return try await trial.app.broker.withConsumer(terms) { consumer in
            var found: [TaskID] = []
            while case let some = try await consumer.next(upTo: 500, from: [trial.queue], wait: false), !some.isEmpty {
                #expect(try await consumer.settle(some.map { ($0.receipt, .ack) }).isEmpty)
                found += some.map(\.id)
            }
            return found
        }
    }

    @Test(
        "a server killed under eight consumers of two processes loses no result, and both go on without a restart",
        .timeLimit(.minutes(15)), arguments: RabbitMQFleet.Queues.allCases)
    func killUnderConsumers(queues: RabbitMQFleet.Queues) async throws {
        let count = LongRun.count(4_000, short: 1_500)
        try await RabbitMQTrial.run(queues) { trial in
            let results = try await trial.sendMarks(count)
            try await trial.server.sync()
            let workers = [try await trial.worker("one").ready(), try await trial.worker("two").ready()]
            defer { for worker in workers { worker.process.kill() } }
            try await waitUntil { trial.journal.entries().ends.count > count / 4 }
            try await trial.server.kill()
            let loss = "A queue is not consumed now; it is tried again"
            try await waitUntil { workers.allSatisfy { trial.log(of: $0).contains(loss) } }
            let sizeAtLoss = trial.journal.size
            try await trial.server.start()
            for (number, result) in results.enumerated() {
                #expect(try await result.get(timeout: .seconds(90)) == number)
            }
            try await trial.waitUntilEmpty()
            #expect(workers.allSatisfy { $0.process.isRunning })
            #expect(workers.allSatisfy { !trial.log(of: $0).contains("protocolViolation") })
            let figures = trial.journal.figures(of: count)
            print("server killed under two workers, \(queues): \(figures)")
            #expect(figures.lost.isEmpty)
            expectRepeatsAreExplained(trial.journal, by: sizeAtLoss)
        }
    }

    /// A task may run again if its run began before the fault and its ack may not have arrived.
    private func expectRepeatsAreExplained(_ journal: Journal, by size: Int) {
        let before = journal.entries(upTo: size).starts
        let after = journal.entries().starts.dropFirst(before.count)
        #expect(before.count == Set(before).count, "a task ran twice before the fault")
        #expect(after.count == Set(after).count, "a task ran twice after the fault")
    }
}

/// Publishes from many tasks until so many calls are accepted, and knows which.
private final class PublishLoad: Sendable {
    private struct State {
        var number = 0
        var accepted: Set<TaskID> = []
        var failed = 0
    }

    private let trial: RabbitMQTrial
    private let count: Int
    private let state = Mutex(State())

    init(_ trial: RabbitMQTrial, count: Int) {
        self.trial = trial
        self.count = count
    }

    var accepted: Set<TaskID> { state.withLock { $0.accepted } }
    /// Sends that failed: what became of these is not promised.
    var failed: Int { state.withLock { $0.failed } }

    func run(tasks: Int) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<tasks { group.addTask { try await self.send() } }
            try await group.waitForAll()
        }
    }

    /// The next call; `nil` if enough are accepted.
    private func next() -> TaskID? {
        state.withLock { state in
            guard state.accepted.count < count else { return nil }
            state.number += 1
            return TaskID("load-\(state.number)")
        }
    }

    private func send() async throws {
        while let id = next() {
            do {
                try await trial.app.send(
                    "crash.mark", args: [0], options: CallOptions(id: id, queue: trial.queue))
                state.withLock { _ = $0.accepted.insert(id) }
            } catch let error as BrokerError where error.isTransient {
                state.withLock { $0.failed += 1 }
                try await pauseBriefly()
            }
        }
    }
}
