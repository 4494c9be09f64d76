import Celeriac
import CeleriacCore
import CeleriacRedis
import Foundation
import RedisUnderTest
import Testing

extension Interop {
    /// Real processes, real kills, real cuts: what Redis has accepted is never lost.
    @Suite("Redis faults", .serialized)
    struct RedisFaults {}
}

extension Interop.RedisFaults {
    @Test("60 kills at random moments while 1,500 tasks run lose none and repeat few", .timeLimit(.minutes(15)))
    func kills() async throws {
        let kills = 60, slots = 8, count = 1500
        let lease = Duration.milliseconds(1500)
        try await FaultField.run { field in
            let results = try await field.sendMarks(count)
            let seed = UInt64.random(in: 0...UInt64.max)
            print("seed of the kills: \(seed)")
            try await offPool { try field.killWorkers(kills, slots: slots, lease: lease, seed: seed) }
            let survivor = try await field.worker(concurrency: slots, lease: lease).ready()
            defer { survivor.process.kill() }
            for result in results { #expect(try await result.get(timeout: .seconds(90)) >= 0) }

            let figures = field.journal.figures(of: count)
            print("worker killed \(kills) times: \(figures)")
            #expect(figures.lost.isEmpty)
            #expect(figures.repeats > 0, "no kill came while a task ran")
            #expect(figures.repeats <= kills * slots)
            try await waitUntil { try await field.app.queue("celery").counts == QueueCounts() }
        }
    }

    @Test("40 kills at random moments while 150 chains of four steps run lose no chain", .timeLimit(.minutes(15)))
    func killsInChains() async throws {
        let kills = 40, slots = 8, count = 150
        let lease = Duration.milliseconds(1500)
        try await FaultField.run { field in
            let step = Step<Int, Int>("crash.mark")
            var results: [AsyncResult<Int>] = []
            for number in 0..<Int64(count) {
                let first = Signature<Int>("crash.mark", EncodedArguments(args: [.integer(number)]))
                results.append(try await field.app.send(chain(first, step, step, step)))
            }
            let seed = UInt64.random(in: 0...UInt64.max)
            print("seed of the kills: \(seed)")
            try await offPool { try field.killWorkers(kills, slots: slots, lease: lease, seed: seed) }
            let survivor = try await field.worker(concurrency: slots, lease: lease).ready()
            defer { survivor.process.kill() }
            for (number, result) in results.enumerated() {
                #expect(try await result.get(timeout: .seconds(90)) == number)
            }
            try await waitUntil { try await field.app.queue("celery").counts == QueueCounts() }

            let (starts, ends) = field.journal.entries()
            let runs = Dictionary(grouping: ends) { $0 }.mapValues(\.count)
            let repeats = starts.count - 4 * count
            print(
                "worker killed \(kills) times in \(count) chains of 4: \(repeats) steps repeated, "
                    + "\(ends.count - 4 * count) of them after their end")
            #expect((0..<count).allSatisfy { runs[$0, default: 0] >= 4 })
            #expect(repeats > 0, "no kill came while a step ran")
            #expect(repeats <= kills * slots)
        }
    }

    @Test("50 connections cut between a claim and its answer lose nothing", .timeLimit(.minutes(15)))
    func cuts() async throws {
        let cuts = 50, count = 600
        try await FaultField.run { field in
            let proxy = try FaultyProxy(to: field.server.port)
            defer { proxy.close() }
            proxy.cut(cuts, answersWith: "crash.mark")
            let workers = try (1...2).map {
                try field.worker("cut\($0)", lease: .milliseconds(1000), port: proxy.port)
            }
            defer { for worker in workers { worker.process.kill() } }
            // In batches: each claim takes several at once, and fifty claims must be left to cut.
            var results: [AsyncResult<Int>] = []
            for batch in 0..<60 {
                results += try await field.sendMarks(10, from: batch * 10)
                if batch % 6 == 5 { _ = try await results[batch * 10].get(timeout: .seconds(60)) }
            }
            var extra = count
            while proxy.cuts < cuts {
                let more = try await field.sendMarks(1, from: extra)
                _ = try await more[0].get(timeout: .seconds(60))
                results += more
                extra += 1
            }
            for result in results { #expect(try await result.get(timeout: .seconds(90)) >= 0) }
            let figures = field.journal.figures(of: extra)
            print("cut between claim and answer \(proxy.cuts) times: \(figures)")
            #expect(proxy.cuts == cuts)
            #expect(figures.lost.isEmpty)
        }
    }

    @Test(
        "redis killed and restarted under load five times loses no accepted task, and work goes on by itself",
        .timeLimit(.minutes(15)))
    func serverKills() async throws {
        var server = RedisServer.Options()
        server.appendsToFile = true
        try await FaultField.run(server) { field in
            let worker = try await field.worker(lease: .milliseconds(3000)).ready()
            defer { worker.process.kill() }
            let load = Load(field.app)
            let sending = Task { await load.send() }
            defer { sending.cancel() }
            for number in 1...5 {
                try await waitUntil { load.accepted.count >= number * 100 }
                try await field.server.kill()
                try await field.server.start()
                let probe = try await accepted { try await field.sendMarks(1, from: 1_000_000 + number) }
                // The promise is a time: it is what is waited for, and nothing is measured below it.
                #expect(try await probe[0].get(timeout: .seconds(10)) == 1_000_000 + number)
            }
            sending.cancel()
            await sending.value
            let accepted = load.accepted
            for number in accepted {
                let result = field.app.result(of: Load.id(number), as: Int.self)
                #expect(try await result.get(timeout: .seconds(60)) == number)
            }
            let lost = Set(accepted).subtracting(field.journal.entries().ends)
            print("redis killed 5 times: \(accepted.count) accepted, lost \(lost.count), refused \(load.refused)")
            #expect(lost.isEmpty)
        }
    }

    @Test(
        "while redis is frozen a send fails with a typed error at its deadline, and works again after",
        .timeLimit(.minutes(15)))
    func frozen() async throws {
        try await FaultField.run { field in
            let app = try Fleet.app(field.server.url + "?deadline_ms=500")
            try await app.send("crash.mark", args: [1])
            try await field.server.freeze()
            let error = await #expect(throws: BrokerError.self) { try await app.send("crash.mark", args: [2]) }
            #expect(error?.code == .deadlineExceeded || error?.code == .unreachable, "\(error as Any)")
            #expect(error?.isTransient == true)
            field.server.thaw()
            _ = try await accepted { try await app.send("crash.mark", args: [3]) }
        }
    }

    @Test("a worker whose connections fall silent consumes again within 10 s", .timeLimit(.minutes(15)))
    func silence() async throws {
        try await FaultField.run { field in
            let proxy = try FaultyProxy(to: field.server.port)
            defer { proxy.close() }
            let worker = try await field.worker(lease: .seconds(3), port: proxy.port).ready()
            defer { worker.process.kill() }
            let before = try await field.sendMarks(1)
            _ = try await before[0].get(timeout: .seconds(20))
            proxy.fallSilent()
            let probe = try await field.sendMarks(1, from: 2)
            // The promise is a time: it is what is waited for.
            #expect(try await probe[0].get(timeout: .seconds(10)) == 2)
        }
    }

    @Test("a late acknowledgement after a redelivery changes nothing", .timeLimit(.minutes(15)))
    func lateAcknowledgement() async throws {
        try await FaultField.run { field in
            let first = try await field.worker("late1", concurrency: 1, lease: .milliseconds(1000)).ready()
            defer { first.process.kill() }
            let gate = field.scratch.path("late")
            let held = try await field.app.send(Signature<Int>("crash.hold", EncodedArguments(args: [.string(gate)])))
            try await waitUntil { field.scratch.lines("journal").contains("hold 1") }
            // The first worker sleeps through its lease with the task in its hands.
            first.process.send(SIGSTOP)
            let second = try await field.worker("late2", concurrency: 1, lease: .milliseconds(1000)).ready()
            defer { second.process.kill() }
            try await waitUntil { field.scratch.lines("journal").contains("hold 2") }
            // It wakes up, ends the task and acknowledges: too late.
            try Data().write(to: URL(filePath: gate + ".1"))
            first.process.send(SIGCONT)
            try await waitUntil {
                try await field.app.inspect(to: [first.node], timeout: .seconds(10)).active().first?.get().isEmpty
                    == true
            }
            #expect(try await field.app.queue("celery").counts.leased == 1)
            #expect(try await held.state.isTerminal == false)
            try Data().write(to: URL(filePath: gate + ".2"))
            #expect(try await held.get(timeout: .seconds(20)) == 2)
            try await waitUntil { try await field.app.queue("celery").counts == QueueCounts() }
            #expect(try await held.get(timeout: .seconds(1)) == 2)
        }
    }

    @Test("a task of twenty leases on busy processors runs exactly once", .timeLimit(.minutes(15)))
    func twentyLeases() async throws {
        let seconds = 20.0
        try await FaultField.run { field in
            let lease = Duration.milliseconds(1000)
            let workers = [
                try await field.worker("long1", concurrency: 2, lease: lease).ready(),
                try await field.worker("long2", concurrency: 2, lease: lease).ready(),
            ]
            defer { for worker in workers { worker.process.kill() } }
            let burning = try await field.app.send(
                (0..<2).map { number in
                    Signature<Int>(
                        "crash.burn", EncodedArguments(args: [.integer(number)], kwargs: ["seconds": .double(seconds)]))
                })
            for (number, result) in burning.enumerated() {
                #expect(try await result.get(timeout: .seconds(90)) == number)
            }
            let starts = field.journal.entries().starts
            print("task of twenty leases on busy processors: starts \(starts.count) of 2 tasks")
            #expect(starts.sorted() == [0, 1])
            #expect(try await field.app.queue("celery").counts == QueueCounts())
        }
    }

    /// Tries until the broker has it: it may be on its way back.
    private func accepted<Value>(_ body: () async throws -> Value) async throws -> Value {
        while true {
            do { return try await body() } catch let error as BrokerError where error.isTransient {
                try await pauseBriefly()
            }
        }
    }
}
