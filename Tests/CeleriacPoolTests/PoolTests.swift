import CeleriacCore
import Celeriac
import Foundation
import Testing

/// What a task can do in a child as it can in the worker's own process, and what only children can.
@Suite("tasks in children", .serialized)
struct PoolTests {
    /// Runs `body` with a worker that is told to go afterwards, and goes.
    private func withPool(
        children: Int = 2, perChild: Int = 2, _ settings: [String: Int] = [:],
        _ body: (PoolField, SupervisorProcess) async throws -> Void
    ) async throws {
        let field = try PoolField()
        defer { field.clear() }
        let worker = try field.start(children: children, perChild: perChild, settings)
        defer { worker.end() }
        try await worker.waits(for: "ready")
        try await body(field, worker)
        worker.signal(SIGTERM)
        #expect(try await worker.waitForExit() == 0, "\(worker.complaints)")
    }

    @Test("tasks report progress, send others, and fail by their policy as in the worker's own process")
    func speaking() async throws {
        try await withPool { field, _ in
            let seen = field.journal + ".seen"
            let report = try await field.app.send(
                Signature<Int>("pool.report", EncodedArguments(args: [], kwargs: ["until": .string(seen)])))
            var notes: [String] = []
            for try await update in report.updates {
                guard let progress = try? update.meta(as: TaskProgress.self) else { continue }
                notes.append(progress.note ?? "")
                _ = FileManager.default.createFile(atPath: seen, contents: nil)
            }
            #expect(!notes.isEmpty && Set(notes).isSubset(of: ["step 1", "step 2", "step 3", "step 4"]))
            #expect(try await report.get(timeout: .seconds(30)) == 4)

            let parent: AsyncResult<String> = try await field.send("pool.parent", as: String.self)
            let child = try await parent.get(timeout: .seconds(30))
            #expect(try await field.app.result(of: TaskID(child), as: Int.self).get(timeout: .seconds(30)) == 7)

            let hopeless = try await field.app.send(
                Signature<Int>("pool.fail", EncodedArguments(args: [], kwargs: ["hopeless": true])))
            #expect(try await hopeless.failure().history.isEmpty)
            let traceback = try #require(try await hopeless.failure().traceback)
            #expect(
                traceback.contains("File \"PoolWorker/Tasks.swift\", line ") && traceback.contains(", in pool.fail\n"))
            let stubborn = try await field.app.send(
                Signature<Int>("pool.fail", EncodedArguments(args: [], kwargs: ["hopeless": false])))
            #expect(try await stubborn.failure().history.count == 5)
        }
    }

    @Test("a task in a child knows what its message says of itself")
    func facts() async throws {
        try await withPool(children: 1) { field, _ in
            let envelope = Envelope(
                headers: MessageHeaders(id: "facts", task: "pool.facts"),
                properties: Envelope.Properties(priority: .high, correlationID: "c", replyTo: "r"),
                body: Array(#"[[[1, 2]], {"named": "n"}, {}]"#.utf8))
            try await field.app.broker.publish([Publication(envelope, to: .default)])
            let facts = try await field.app.result(of: "facts", as: JSONValue.self).get(timeout: .seconds(30))
            #expect(
                facts == [
                    "priority": 7, "wire": 2, "correlation": "c", "reply": "r", "key": "celery", "again": false,
                    "eager": false, "args": [[1, 2]], "kwargs": ["named": "n"],
                ])
        }
    }

    @Test("a child has four descriptors, no core file, and a process of its own")
    func bareness() async throws {
        try await withPool(children: 1) { field, worker in
            let open: AsyncResult<[String]> = try await field.send("pool.descriptors", as: [String].self)
            let targets = try await open.get(timeout: .seconds(30))
            // Whatever it opens itself is its own affair: the database, and what the runtime waits on.
            #expect(targets.contains("0 /dev/null") && targets.count { $0.contains("socket:") } == 1)
            #expect(targets.count { $0.contains("pipe:") } >= 2)
            let names: AsyncResult<[String]> = try await field.send("pool.environment", as: [String].self)
            #expect(try await !names.get(timeout: .seconds(30)).contains("CELERIAC_CHILD_OF"))
            let limit: AsyncResult<Int> = try await field.send("pool.coreLimit")
            #expect(try await limit.get(timeout: .seconds(30)) == 0)
            let pid: AsyncResult<Int> = try await field.send("pool.pid")
            #expect(try await worker.children.contains(Int32(pid.get(timeout: .seconds(30)))))
        }
    }

    @Test("a child is replaced after so many tasks, and none is lost over it")
    func recycling() async throws {
        try await withPool(children: 2, perChild: 1, ["maxTasks": 5]) { field, _ in
            let results = try await field.app.send((0..<60).map { _ in Signature<Int>("pool.pid", .none) })
            var counts: [Int: Int] = [:]
            for result in results { counts[try await result.get(timeout: .seconds(60)), default: 0] += 1 }
            #expect(counts.count >= 12)
            #expect(counts.values.allSatisfy { $0 <= 5 })
        }
    }

    @Test("a method of a container runs on the value that the child has made from the same code")
    func containers() async throws {
        try await withPool(children: 1, ["tool": 7]) { field, worker in
            let look: AsyncResult<[Int]> = try await field.send("pool.workshop", as: [Int].self)
            let seen = try await look.get(timeout: .seconds(30))
            #expect(seen.first == 7)
            #expect(seen.last != Int(worker.pid))
        }
    }

    @Test("a child that has grown too large is replaced once its task is done")
    func growth() async throws {
        try await withPool(children: 1, perChild: 1, ["maxMemory": 120]) { field, _ in
            let before: AsyncResult<Int> = try await field.send("pool.pid")
            let first = try await before.get(timeout: .seconds(30))
            let leak = try await field.app.send(
                Signature<Int>("pool.leak", EncodedArguments(args: [], kwargs: ["mebibytes": 100])))
            #expect(try await leak.get(timeout: .seconds(30)) == 100)
            let after: AsyncResult<Int> = try await field.send("pool.pid")
            #expect(try await after.get(timeout: .seconds(30)) != first)
        }
    }

    @Test("the worker holds on to nothing of what has ended")
    func lettingGo() async throws {
        try await withPool { field, worker in
            let text = JSONValue.string(String(repeating: "x", count: 100_000))
            let round = Array(
                repeating: Signature<Int>("pool.measure", EncodedArguments(args: [text])), count: 100)
            var sizes: [Int] = []
            for _ in 0..<10 {
                for result in try await field.app.send(round) {
                    #expect(try await result.get(timeout: .seconds(60)) == 100_000)
                }
                sizes.append(worker.residentBytes)
            }
            // 90 MB went through after the first round; all of it kept would be twice that.
            #expect(sizes[9] - sizes[0] < 45_000_000, "\(sizes)")
        }
    }

    @Test("a task that spins is terminated, and the one beside it runs again")
    func termination() async throws {
        try await withPool(children: 1, perChild: 2) { field, _ in
            let spin: AsyncResult<Int> = try await field.send("pool.spin")
            let beside = try await field.app.send(
                Signature<Int>("pool.sleep", EncodedArguments(args: [], kwargs: ["milliseconds": 2500])))
            for try await update in spin.updates where update.state == .started { break }
            for try await update in beside.updates where update.state == .started { break }
            try await field.app.revoke([spin.id], terminate: true)
            #expect(try await spin.failure().type == "TaskRevokedError")
            #expect(try await beside.get(timeout: .seconds(60)) == 2500)
        }
    }

    @Test("1,000 children killed at random while 25,000 tasks run: none lost, none blamed", .timeLimit(.minutes(10)))
    func manyKills() async throws {
        let (kills, count) = (1000, 25_000)
        try await withPool(children: 2, perChild: 4) { field, worker in
            let results = try await field.app.send(
                (0..<count).map { number in
                    let journal: JSONObject = ["journal": .string(field.journal)]
                    return Signature<Int>(
                        "pool.mark", EncodedArguments(args: [.integer(Int64(number))], kwargs: journal))
                })
            let killed = try await offPool { Self.kill(kills, of: worker, field.journal) }
            var lost: [Int] = []
            for (number, result) in results.enumerated() {
                let value = try? await result.get(timeout: .seconds(120))
                if value != number { lost.append(number) }
            }
            let blamed = worker.lines("lost").filter { !$0.contains("killed(signal: 9)") }
            print("children killed \(killed), with tasks in them \(worker.lines("lost").count), lost \(lost.count)")
            #expect(killed == kills && lost.isEmpty && blamed.isEmpty)
            #expect(try await field.app.queue(.default).counts == QueueCounts())
        }
    }

    /// Kills random children in the midst of work: each time that a random number of tasks has started since the last.
    private static func kill(_ kills: Int, of worker: SupervisorProcess, _ journal: String) -> Int {
        var killed = 0
        while killed < kills, worker.isRunning {
            let target = size(of: journal) + .random(in: 1...24)
            var looks = 0
            while size(of: journal) < target, worker.isRunning, looks < 60_000 {
                usleep(500)
                looks += 1
            }
            // Half a minute without a start: there is nothing left to kill at.
            guard looks < 60_000 else { return killed }
            guard let victim = worker.children.randomElement() else { continue }
            Foundation.kill(victim, SIGKILL)
            killed += 1
        }
        return killed
    }

    private static func size(of path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }
}
