import Celeriac
import CeleriacCore
import Foundation
import Testing

extension Interop {
    /// Python and Swift workers on one queue, at once.
    @Suite("Mixed fleets", .fleet())
    struct MixedFleets: Live {
        /// Celery's settings for a fleet whose dead are soon missed: seconds instead of an hour.
        static let hasty: JSONObject = [
            "broker_transport_options": [
                "visibility_timeout": 2, "unacked_restore_interval": 0.5, "unacked_restore_throttle": 1,
            ]
        ]
        static let hastyURL = "?visibility_timeout=2&track_started=true"

        /// Who ran which number, by the journal.
        func journal() -> (python: [Int], swift: [Int]) {
            let lines = scratch.lines("journal").map { $0.split(separator: " ") }
            func numbers(_ side: Substring) -> [Int] {
                lines.filter { $0.first == side }.compactMap { $0.last.flatMap { Int($0) } }
            }
            return (numbers("py"), numbers("swift"))
        }
    }
}

extension Interop.MixedFleets {
    @Test("two Python and two Swift workers on one queue run each task exactly once", .timeLimit(.minutes(15)))
    func sharing() async throws {
        let count = 1000
        let python = try (1...2).map { number in
            try PythonWorker("sharing-py\(number)", redis: fleet.url, queues: ["sharing"], scratch: scratch)
        }
        let swift = try (1...2).map { number in
            try SwiftWorker(
                "sharing-sw\(number)", redis: fleet.url, concurrency: 2, queues: ["sharing"], scratch: scratch)
        }
        defer { for process in python.map(\.process) + swift.map(\.process) { process.kill() } }
        for worker in python { _ = try await worker.ready() }
        for worker in swift { _ = try await worker.ready() }

        let options = CallOptions(queue: "sharing")
        let results = try await app.send(
            (0..<count).map { number in
                Signature<Int>(
                    "mixed.mark", EncodedArguments(args: [.integer(Int64(number))], kwargs: ["pause": 0.002]),
                    options: options)
            })
        for (number, result) in results.enumerated() { #expect(try await result.get(timeout: .seconds(60)) == number) }

        let (byPython, bySwift) = journal()
        print("mixed fleet: \(count) tasks, Python ran \(byPython.count), Swift \(bySwift.count)")
        #expect((byPython + bySwift).sorted() == Array(0..<count))
        #expect(!byPython.isEmpty && !bySwift.isEmpty, "one side had nothing to do")
        try await waitUntil { try await app.queue("sharing").counts == QueueCounts() }
        #expect(try await self.python("[redis.hlen('unacked'), redis.zcard('unacked_index')]") == [0, 0])
    }

    @Test("Python's client sends into the mixed queue and gets every answer, whoever gave it", .timeLimit(.minutes(15)))
    func pythonClient() async throws {
        let python = try PythonWorker("both-py", redis: fleet.url, queues: ["both"], scratch: scratch)
        let swift = try SwiftWorker("both-sw", redis: fleet.url, queues: ["both"], scratch: scratch)
        defer { for process in [python.process, swift.process] { process.kill() } }
        _ = try await python.ready()
        _ = try await swift.ready()
        let sum = try await self.python(
            "sum(one.get(timeout=30) for one in [swift.mark.apply_async((n, 0.001), queue='both') for n in range(300)])"
        )
        #expect(sum == .integer(Int64((0..<300).reduce(0, +))))
    }

    @Test("what a killed Swift worker left is restored by kombu and run by a Python worker", .timeLimit(.minutes(15)))
    func restoredByKombu() async throws {
        let victim = try await SwiftWorker(
            "left-sw", redis: fleet.url + Self.hastyURL, queues: ["left"], scratch: scratch
        ).ready()
        defer { victim.process.kill() }
        let held = try await app.send(
            "mixed.mark", args: [7001], kwargs: ["pause": 600], options: CallOptions(queue: "left"))
        try await waitUntil { journal().swift.contains(7001) }
        victim.process.kill()
        // The Python worker knows the task by the same name, and would sleep as long: so it is told to hurry by the call.
        let heir = try await PythonWorker(
            "left-py", redis: fleet.url, pool: "prefork", queues: ["left"],
            settings: Self.hasty.merging(["task_soft_time_limit": 1]) { $1 }, scratch: scratch
        ).ready()
        defer { heir.process.kill() }
        try await waitUntil { journal().python.contains(7001) }
        let failure = await #expect(throws: TaskFailure.self) { try await held.get(timeout: .seconds(30)) }
        #expect(failure?.type == "SoftTimeLimitExceeded")
    }

    @Test("what a killed Python worker left is reaped and run by a Swift worker", .timeLimit(.minutes(15)))
    func reapedBySwift() async throws {
        let victim = try await PythonWorker(
            "reaped-py", redis: fleet.url, queues: ["reaped"], settings: Self.hasty, scratch: scratch
        ).ready()
        defer { victim.process.kill() }
        let held = try await app.send(
            "mixed.mark", args: [7002], kwargs: ["pause": 3], options: CallOptions(queue: "reaped"))
        try await waitUntil { journal().python.contains(7002) }
        victim.process.kill()
        let heir = try await SwiftWorker(
            "reaped-sw", redis: fleet.url + Self.hastyURL, queues: ["reaped"], scratch: scratch
        ).ready()
        defer { heir.process.kill() }
        #expect(try await held.get(timeout: .seconds(30)) == 7002)
        #expect(journal().swift.contains(7002))
    }

    @Test(
        "a Swift task of several visibility timeouts is not restored by Python workers beside it",
        .timeLimit(.minutes(15)))
    func keptFromKombu() async throws {
        let python = try PythonWorker(
            "kept-py", redis: fleet.url, pool: "prefork", queues: ["kept"], settings: Self.hasty, scratch: scratch)
        let swift = try await SwiftWorker(
            "kept-sw", redis: fleet.url + Self.hastyURL, queues: ["kept"], lease: .milliseconds(1500), scratch: scratch
        ).ready()
        defer { for process in [python.process, swift.process] { process.kill() } }
        let held = try await app.send(
            "mixed.mark", args: [7003], kwargs: ["pause": 8], options: CallOptions(queue: "kept"))
        try await waitUntil { journal().swift.contains(7003) }
        _ = try await python.ready()
        #expect(try await held.get(timeout: .seconds(30)) == 7003)
        #expect(journal().python.filter { $0 == 7003 }.isEmpty && journal().swift.filter { $0 == 7003 }.count == 1)
    }

    @Test("a Python worker that stops gives back what it holds, and a Swift worker runs it", .timeLimit(.minutes(15)))
    func givenBack() async throws {
        let python = try await PythonWorker(
            "stopping-py", redis: fleet.url, pool: "solo", concurrency: 1, queues: ["stopping"], scratch: scratch
        ).ready()
        defer { python.process.kill() }
        let results = try await app.send(
            (0..<3).map { number in
                Signature<Int>(
                    "mixed.mark", EncodedArguments(args: [.integer(7010 + number)], kwargs: ["pause": 1.0]),
                    options: CallOptions(queue: "stopping"))
            })
        try await waitUntil { journal().python.contains(7010) }
        try await self.python("control.shutdown(destination=['\(python.node)'])")
        let swift = try await SwiftWorker("stopping-sw", redis: fleet.url, queues: ["stopping"], scratch: scratch)
            .ready()
        defer { swift.process.kill() }
        for (number, result) in results.enumerated() {
            #expect(try await result.get(timeout: .seconds(30)) == 7010 + number)
        }
    }

    @Test("a Swift worker that stops gives back what it holds, and a Python worker runs it", .timeLimit(.minutes(15)))
    func givenBackBySwift() async throws {
        let swift = try await SwiftWorker(
            "ending-sw", redis: fleet.url, concurrency: 1, queues: ["ending"],
            arguments: ["--shutdown-limit", "100ms"],
            scratch: scratch
        ).ready()
        defer { swift.process.kill() }
        let held = try await app.send(
            "mixed.mark", args: [7020], kwargs: ["pause": 2], options: CallOptions(queue: "ending"))
        try await waitUntil { journal().swift.contains(7020) }
        try await app.control(to: [swift.node]).shutdown()
        try await swift.process.waitUntilGone()
        let python = try await PythonWorker("ending-py", redis: fleet.url, queues: ["ending"], scratch: scratch).ready()
        defer { python.process.kill() }
        #expect(try await held.get(timeout: .seconds(30)) == 7020)
        #expect(journal().python.contains(7020))
    }

    @Test("Swift workers are killed in a mixed fleet: no task is lost", .timeLimit(.minutes(15)))
    func killedInMixedFleet() async throws {
        let count = 800, kills = 15
        let lease = Duration.milliseconds(1000)
        let python = try (1...2).map { number in
            try PythonWorker("killed-py\(number)", redis: fleet.url, queues: ["killed"], scratch: scratch)
        }
        defer { for worker in python { worker.process.kill() } }
        for worker in python { _ = try await worker.ready() }
        let start = { (number: Int) in
            try await SwiftWorker(
                "killed-sw\(number)", redis: fleet.url, queues: ["killed"], lease: lease, scratch: scratch
            ).ready()
        }
        let options = CallOptions(queue: "killed")
        let results = try await app.send(
            (0..<count).map { number in
                Signature<Int>(
                    "mixed.mark",
                    EncodedArguments(args: [.integer(Int64(10_000 + number))], kwargs: ["pause": 0.03]),
                    options: options)
            })
        for kill in 0..<kills {
            let before = journal().swift.count
            let victim = try await start(kill)
            defer { victim.process.kill() }
            try await waitUntil {
                if journal().swift.count > before { return true }
                return try await app.queue("killed").count == 0
            }
        }
        let survivor = try await start(kills)
        defer { survivor.process.kill() }
        for (number, result) in results.enumerated() {
            #expect(try await result.get(timeout: .seconds(60)) == 10_000 + number)
        }
        let (byPython, bySwift) = journal()
        let ran = (byPython + bySwift).filter { $0 >= 10_000 }
        let lost = Set(10_000..<10_000 + count).subtracting(ran)
        print(
            "mixed fleet with \(kills) kills of Swift workers: \(count) tasks, lost \(lost.count), "
                + "repeats \(ran.count - Set(ran).count), by Swift \(bySwift.filter { $0 >= 10_000 }.count)")
        #expect(lost.isEmpty)
        try await waitUntil { try await app.queue("killed").counts == QueueCounts() }
    }
}
