import Celeriac
import CeleriacCore
import Foundation
import RabbitMQUnderTest
import TestKit
import Testing

extension Interop.RabbitMQFaults {
    @Test(
        "a connection cut while a task runs: the loss is logged, the call runs again, and the end of the first run is sent nowhere",
        .timeLimit(.minutes(15)), arguments: RabbitMQFleet.Queues.allCases)
    func cutBeforeAck(queues: RabbitMQFleet.Queues) async throws {
        try await RabbitMQTrial.run(queues) { trial in
            let proxy = try FaultyProxy(to: trial.server.port)
            defer { proxy.close() }
            let worker = try await trial.worker("cut", port: proxy.port).ready()
            defer { worker.process.kill() }
            let gate = trial.scratch.gate()
            let held = try await trial.app.send(
                Signature<String>(
                    "crash.stubborn", EncodedArguments(args: [.string(gate.path)]),
                    options: CallOptions(queue: trial.queue)))
            try await waitUntil { trial.scratch.lines("journal").count == 1 }
            proxy.cutAll()
            try await waitUntil { trial.scratch.lines("journal").count == 2 }
            // Both runs end now. The first one's delivery belongs to a channel that is gone.
            try gate.open()
            #expect(try await held.get(timeout: .seconds(20)) == "released")
            try await trial.waitUntilEmpty()
            try await waitUntil { trial.log(of: worker).contains("leaseLost") }
            #expect(trial.scratch.lines("journal") == ["stubborn 1", "stubborn 2"])
            #expect(worker.process.isRunning)
        }
    }

    @Test("20 connections cut between the end of a run and its ack lose nothing", .timeLimit(.minutes(15)))
    func cutAcks() async throws {
        let cuts = 20
        try await RabbitMQTrial.run { trial in
            let proxy = try FaultyProxy(to: trial.server.port)
            defer { proxy.close() }
            let workers = [
                try await trial.worker("cut1", port: proxy.port).ready(),
                try await trial.worker("cut2", port: proxy.port).ready(),
            ]
            defer { for worker in workers { worker.process.kill() } }
            // Class and method of basic.ack, in the frames to the server.
            let ack = Data([0, 60, 0, 80])
            var results: [AsyncResult<Int>] = []
            for number in 1...cuts {
                proxy.cut(1, requestsWith: ack)
                results += try await trial.sendMarks(10, from: results.count)
                try await waitUntil { proxy.cuts == number }
            }
            for (number, result) in results.enumerated() {
                #expect(try await result.get(timeout: .seconds(60)) == number)
            }
            try await trial.waitUntilEmpty()
            let figures = trial.journal.figures(of: results.count)
            print("cut between run and ack \(proxy.cuts) times: \(figures)")
            #expect(proxy.cuts == cuts)
            #expect(figures.lost.isEmpty)
            #expect(figures.repeats > 0, "a call whose ack was cut did not run again")
            #expect(workers.allSatisfy { $0.process.isRunning })
        }
    }

    @Test(
        "workers killed at random moments while they drain a queue lose no task, and repeat only what ran",
        .timeLimit(.minutes(10)), arguments: RabbitMQFleet.Queues.allCases)
    func workerKills(queues: RabbitMQFleet.Queues) async throws {
        let kills = LongRun.count(100, short: 15), slots = 8, count = LongRun.count(3_000, short: 600)
        try await RabbitMQTrial.run(queues) { trial in
            let results = try await trial.sendMarks(count)
            let seed = UInt64.random(in: 0...UInt64.max)
            print("seed of the kills: \(seed)")
            try await offPool {
                try trial.journal.killAll(kills, seed: seed) { try trial.worker("victim\($0)", slots: slots) }
            }
            let survivor = try await trial.worker("survivor", slots: slots).ready()
            defer { survivor.process.kill() }
            for (number, result) in results.enumerated() {
                #expect(try await result.get(timeout: .seconds(90)) == number)
            }
            try await trial.waitUntilEmpty()
            let figures = trial.journal.figures(of: count)
            print("worker killed \(kills) times, \(queues): \(figures)")
            #expect(figures.lost.isEmpty)
            #expect(figures.repeats > 0, "no kill came while a task ran")
            #expect(figures.repeats <= kills * slots)
        }
    }
}
