import Celeriac
import CeleriacCore
import CeleriacRQWire
import Foundation
import RESPClient
import Synchronization
import Testing

@testable import CeleriacRQ

@Suite(
    "A worker of ours runs RQ's jobs unchanged", .oneServer, .serialized, .enabled(if: Python.isThere),
    .timeLimit(.minutes(15)))
struct RQWorkerRunTests {
    @Test(
        "calls run as tasks, failures are retried as the job asked, and Python reads the answers",
        arguments: RQSerializer.allCases)
    func runs(serializer: RQSerializer) async throws {
        let store = try RQStores.inRealTime()
        let app = try TaskApp(
            Backend(store), options: AppOptions(defaultQueue: "default", discoversTasks: false), logger: .quiet)
        let attempts = Attempts()
        _ = try app.task("tasks.add") { (x: Int, y: Int) in x + y }
        _ = try app.task("tasks.flaky") { (name: String) async throws -> String in
            guard attempts.next() > 1 else { throw Oops() }
            return "\(name) at last"
        }
        _ = try app.task("tasks.broken") { () async throws -> Int in throw Oops() }
        _ = try await PythonRQ.run(
            """
            parent = queue.enqueue('tasks.add', 2, 3, job_id='sum')
            queue.enqueue('tasks.add', 5, 5, job_id='child', depends_on=parent)
            queue.enqueue('tasks.flaky', 'é', job_id='flaky', retry=Retry(max=2))
            queue.enqueue('tasks.broken', job_id='broken')
            queue.enqueue('tasks.unknown', job_id='unknown')
            queue.enqueue('tasks.add', 'a', 'b', job_id='wrong')
            """, prefix: store.keys.prefix, serializer)
        let options = WorkerOptions(queues: ["default"], pool: .inProcess(), burst: true)
        try await Worker(app, options: options).run()
        let seen = try await PythonRQ.run(
            """
            for id in ['sum', 'child', 'flaky', 'broken', 'unknown', 'wrong']:
                job = fetch(id)
                text = job.latest_result().exc_string
                print(id, job.get_status().value, job.return_value(), text.splitlines()[-1] if text else None)
            print(queue.count, StartedJobRegistry(queue=queue).count, Worker.count(connection=connection))
            """, prefix: store.keys.prefix, serializer
        ).split(separator: "\n").map(String.init)
        #expect(seen[0] == "sum finished 5 None")
        #expect(seen[1] == "child finished 10 None")
        #expect(seen[2] == "flaky finished é at last None")
        #expect(seen[3].hasPrefix("broken failed None") && seen[3].contains("Oops"), "\(seen[3])")
        #expect(seen[4].hasPrefix("unknown failed None") && seen[4].contains("tasks.unknown"), "\(seen[4])")
        #expect(seen[5].hasPrefix("wrong failed None") && !seen[5].hasSuffix("None None"), "\(seen[5])")
        #expect(seen[6] == "0 0 0")
        await store.close()
    }

    @Test("Python's command stop-job stops a task that runs, for good")
    func stops() async throws {
        let store = try RQStores.inRealTime()
        let app = try TaskApp(
            Backend(store), options: AppOptions(defaultQueue: "default", discoversTasks: false), logger: .quiet)
        let (started, starts) = AsyncStream.makeStream(of: Void.self)
        _ = try app.task("tasks.endless") { () async throws -> Int in
            starts.yield()
            try await store.time.sleep(for: .seconds(600))
            return 1
        }
        let options = WorkerOptions(queues: ["default"], pool: .inProcess(), name: "swift@test")
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await Worker(app, options: options).run() }
            let channel = store.keys.commands(for: "swift@test")
            // The worker listens; the store, which would otherwise, leaves that to it.
            while try await store.raw("PUBSUB", "NUMSUB", channel).elements?.last?.integer != 1 { await Task.yield() }
            _ = try await PythonRQ.run(
                "queue.enqueue('tasks.endless', job_id='a', retry=Retry(max=3))", prefix: store.keys.prefix)
            for await _ in started { break }
            _ = try await PythonRQ.run(
                "from rq.command import send_stop_job_command; send_stop_job_command(connection, 'a')",
                prefix: store.keys.prefix)
            var seen = try await store.record(of: "a")
            while seen?.state.isTerminal != true { seen = try await store.nextRecord(of: "a", after: seen) }
            #expect(seen?.state == .revoked)
            #expect(try await store.status(of: "a") == "stopped")
            #expect(try await store.raw("ZCARD", store.keys.failed("default")).integer == 1)
            group.cancelAll()
            try await group.waitForAll()
        }
        await store.close()
    }

    @Test("Python's callbacks run as tasks, by their names", arguments: RQSerializer.allCases)
    func callbacks(serializer: RQSerializer) async throws {
        let store = try RQStores.inRealTime()
        let app = try TaskApp(
            Backend(store), options: AppOptions(defaultQueue: "default", discoversTasks: false), logger: .quiet)
        let told = Told()
        _ = try app.task("tasks.add") { (x: Int, y: Int) in x + y }
        _ = try app.task("tasks.broken") { () async throws -> Int in throw Oops() }
        _ = try app.task("tasks.won") { (id: String, sum: Int) in told.add("won \(id) \(sum)") }
        _ = try app.task("tasks.lost") { (id: String, error: String) in told.add("lost \(id) \(error.contains("Oops"))")
        }
        _ = try await PythonRQ.run(
            """
            from rq import Callback
            queue.enqueue('tasks.add', 2, 3, job_id='sum', on_success=Callback('tasks.won'), on_failure=Callback('tasks.lost'))
            queue.enqueue('tasks.broken', job_id='broken', on_failure=Callback('tasks.lost', timeout=5))
            queue.enqueue('tasks.add', 1, 1, job_id='unknown', on_success=Callback('tasks.nobody'))
            """, prefix: store.keys.prefix, serializer)
        try await Worker(app, options: WorkerOptions(queues: ["default"], pool: .inProcess(), burst: true)).run()
        #expect(told.lines.sorted() == ["lost broken true", "won sum 5"])
        #expect(try await store.status(of: "sum") == "finished")
        #expect(try await store.status(of: "broken") == "failed")
        #expect(try await store.record(of: "unknown")?.failure?.type == "NotRegistered")
        await store.close()
    }

    @Test("Python's command kill-horse ends what runs, which fails or is tried again as it asked; the worker goes on")
    func killHorse() async throws {
        let store = try RQStores.inRealTime()
        let app = try TaskApp(
            Backend(store), options: AppOptions(defaultQueue: "default", discoversTasks: false), logger: .quiet)
        let (attempts, told) = (Attempts(), Told())
        _ = try app.task("tasks.endless") { () async throws -> Int in
            guard attempts.next() < 3 else { return 1 }
            told.add("runs")
            try await store.time.sleep(for: .seconds(600))
            return 0
        }
        let options = WorkerOptions(queues: ["default"], pool: .inProcess(), name: "swift@test", control: .full)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await Worker(app, options: options).run() }
            let channel = store.keys.commands(for: "swift@test")
            while try await store.raw("PUBSUB", "NUMSUB", channel).elements?.last?.integer ?? 0 < 1 {
                await Task.yield()
            }
            _ = try await PythonRQ.run(
                """
                queue.enqueue('tasks.endless', job_id='lone')
                queue.enqueue('tasks.endless', job_id='again', retry=Retry(max=1))
                """, prefix: store.keys.prefix)
            while told.lines.count < 2 { await Task.yield() }
            _ = try await PythonRQ.run(
                "from rq.command import send_kill_horse_command; send_kill_horse_command(connection, 'swift@test')",
                prefix: store.keys.prefix)
            var lone = try await store.record(of: "lone")
            while lone?.state.isTerminal != true { lone = try await store.nextRecord(of: "lone", after: lone) }
            #expect(lone?.state == .failure)
            #expect(lone?.failure?.message.hasPrefix("Work-horse terminated unexpectedly") == true)
            var again = try await store.record(of: "again")
            while again?.state.isTerminal != true { again = try await store.nextRecord(of: "again", after: again) }
            #expect(again?.state == .success)
            group.cancelAll()
            try await group.waitForAll()
        }
        await store.close()
    }

    @Test("our own calls go through RQ's queues, with retries by policy and results")
    func ownCalls() async throws {
        let store = try RQStores.inRealTime()
        let app = try TaskApp(
            Backend(store), options: AppOptions(defaultQueue: "default", discoversTasks: false), logger: .quiet)
        let attempts = Attempts()
        let flaky = try app.task(
            "tasks.flaky", options: TaskOptions(retry: .fixed(.milliseconds(50), maxRetries: 3))
        ) { (number: Int) async throws -> Int in
            guard attempts.next() > 2 else { throw Oops() }
            return number * 2
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await Worker(app, options: WorkerOptions(queues: ["default"], pool: .inProcess())).run()
            }
            group.addTask { try await store.run() }
            let result = try await app.send(flaky(21))
            #expect(try await result.get(timeout: .seconds(60)) == 42)
            let record = try await store.record(of: result.id)
            #expect(record?.attempt == 3)
            group.cancelAll()
            try await group.waitForAll()
        }
        await store.close()
    }
}

private struct Oops: Error {}

private final class Told: Sendable {
    private let kept = Mutex<[String]>([])
    var lines: [String] { kept.withLock { $0 } }
    /// - Returns: something, as a task must.
    @discardableResult
    func add(_ line: String) -> Int {
        kept.withLock { lines in
            lines.append(line)
            return lines.count
        }
    }
}

private final class Attempts: Sendable {
    private let count = Atomic(0)

    func next() -> Int { count.add(1, ordering: .relaxed).newValue }
}
