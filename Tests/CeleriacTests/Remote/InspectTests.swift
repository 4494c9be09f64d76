import Celeriac
import CeleriacCore
import CeleriacTesting
import Dispatch
import Foundation
import Synchronization
import Testing

/// The replies of Celery 5.7, recorded from its own worker, stand beside ours.
@Suite("Remote control: what a worker tells")
struct InspectTests {
    @Test("ping, clock and report are answered as by Celery")
    func simple() async throws {
        let app = try makeApp()
        try await withRemoteWorker(app) { (_: Worker) async throws in
            #expect(try await app.ask("ping") == ["ok": "pong"])
            let clock = try #require(try await app.ask("clock")?["clock"]?.intValue)
            #expect(try await app.ask("clock")?["clock"]?.intValue == clock + 1, "each command is one step")
            let report = try #require(try await app.ask("report")?["ok"]?.stringValue)
            #expect(report.hasPrefix("\nsoftware -> celeriac:") && report.contains("settings -> transport:memory"))
            let memory = try #require(try await app.ask("memsample")?.stringValue)
            #expect(memory.hasSuffix("MB") && Double(memory.dropLast(2)) ?? 0 > 1)
        }
    }

    @Test("a command for another node is not answered")
    func destination() async throws {
        let app = try makeApp()
        try await withRemoteWorker(app) { (_: Worker) async throws in
            #expect(try await app.ask("ping", to: "w1@worker1") == ["ok": "pong"])
            #expect(try await app.ask("ping", to: "w2@worker2") == nil)
        }
    }

    @Test("a name without an @ is made unique by process and host")
    func name() async throws {
        let app = try makeApp()
        let options = WorkerOptions(name: "mail")
        try await withWorker(app, options) { (_: Worker) async throws in
            let channel = try #require(app.broker as? any ControlChannel)
            var replies: [ControlReply] = []
            while replies.isEmpty {
                await Task.yield()
                replies = try await channel.ask(ControlCommand("ping"), timeout: .seconds(1))
            }
            #expect(replies[0].node.hasPrefix("mail.\(ProcessInfo.processInfo.processIdentifier)@"))
        }
    }

    @Test("registered tasks are listed with the attributes asked for; built-in ones only on request")
    func registered() async throws {
        let app = try makeApp()
        for (name, limit) in [("tasks.add", nil), ("tasks.limited", "10/m")] as [(TaskName, RateLimit?)] {
            let options = TaskOptions(retry: .fixed(.seconds(1), maxRetries: 3), rateLimit: limit)
            _ = try app.task(name, options: options) { (n: Int) in n }
        }
        try await withRemoteWorker(app) { (_: Worker) async throws in
            for name in ["registered", "dump_tasks"] {
                #expect(
                    try await app.ask(name, ["taskinfoitems": []]) == ["tasks.add", "tasks.limited [rate_limit=10/m]"])
            }
            let info = try await app.ask(
                "registered", ["taskinfoitems": ["rate_limit", "max_retries", "_secret"], "builtins": true])
            #expect(
                info == [
                    "celery.accumulate [max_retries=0]", "celery.backend_cleanup [max_retries=0]",
                    "celery.chain [max_retries=0]", "celery.chord [max_retries=0]", "celery.chunks [max_retries=0]",
                    "celery.group [max_retries=0]", "celery.map [max_retries=0]", "celery.starmap [max_retries=0]",
                    "tasks.add [max_retries=3]", "tasks.limited [rate_limit=10/m max_retries=3]",
                ])
        }
    }

    @Test("active calls are described as by Celery, their arguments as JSON or, safely, as text")
    func active() async throws {
        let app = try makeApp()
        let running = Gate()
        let gate = Gate()
        let nap = try app.task("tasks.sleep") { (n: Int) in
            running.open()
            try await gate.wait()
            return n
        }
        try await withRemoteWorker(app) { (_: Worker) async throws in
            #expect(try await app.ask("active") == [])
            let result = try await app.send(nap(4).with(CallOptions(shadow: "nap")))
            try await running.wait()
            let active = try #require(try await app.ask("active", ["safe": .null])?[0])
            let recorded = try JSONValue.recorded(
                """
                {"id": "b61f", "name": "nap", "args": [4], "kwargs": {}, "type": "tasks.sleep", "hostname": "w1@worker1",
                 "time_start": 1795335510.3563724, "acknowledged": true, "delivery_info": {"exchange": "",
                 "routing_key": "celery", "priority": 0, "redelivered": false}, "worker_pid": 30057}
                """)
            #expect(active.shape == recorded.shape)
            for key in ["name", "args", "kwargs", "type", "hostname", "delivery_info"] {
                #expect(active[key] == recorded[key], "\(key)")
            }
            #expect(active["id"]?.stringValue == result.id.rawValue)
            let safe = try #require(try await app.ask("dump_active", ["safe": true])?[0])
            #expect(safe["args"] == "(4,)" && safe["kwargs"] == "{}")
            let query = try await app.ask("query_task", ["ids": [.string(result.id.rawValue), "unknown"]])
            #expect(query?[result.id.rawValue]?[0] == "active" && query?.objectValue?.count == 1)
            #expect(try await app.ask("reserved") == [])
            gate.open()
            _ = try await result.get()
        }
    }

    @Test("delayed calls of its queues are scheduled")
    func scheduled() async throws {
        let app = try makeApp()
        let add = try app.task("tasks.add") { (x: Int, y: Int) in x + y }
        try await withRemoteWorker(app) { (_: Worker) async throws in
            let result = try await app.send(add(5, 6).with(CallOptions(countdown: .hours(1))))
            let recorded = try JSONValue.recorded(
                """
                {"eta": "2026-01-01T01:00:00+00:00", "priority": 6, "request": {"id": "d3", "name": "tasks.add",
                 "args": [5, 6], "kwargs": {}, "type": "tasks.add", "hostname": "w1@worker1", "time_start": null,
                 "acknowledged": false, "delivery_info": {"exchange": "", "routing_key": "celery", "priority": 0,
                 "redelivered": false}, "worker_pid": null}}
                """)
            for name in ["scheduled", "dump_schedule"] {
                let scheduled = try #require(try await app.ask(name)?[0])
                #expect(scheduled.shape == recorded.shape)
                #expect(scheduled["eta"] == recorded["eta"] && scheduled["request"]?["args"] == [5, 6])
            }
            // The worker does not hold it: it waits in the broker, and no queue is searched for it.
            #expect(try await app.ask("query_task", ["ids": .string(result.id.rawValue)]) == [:])
        }
    }

    @Test("stats have every field that Celery's have")
    func stats() async throws {
        let app = try makeApp()
        let add = try app.task("tasks.add") { (x: Int, y: Int) in x + y }
        try await withRemoteWorker(app) { (worker: Worker) async throws in
            _ = try await app.send(add(2, 2)).get()
            while worker.statistics.processed == 0 { await Task.yield() }
            let stats = try #require(try await app.ask("stats"))
            let recorded = try JSONValue.recorded(
                """
                {"total": {"tasks.add": 1}, "pid": 30016, "clock": "81", "uptime": 48, "pool": {
                 "implementation": "celery.concurrency.prefork:TaskPool", "max-concurrency": 2, "processes": [30057],
                 "max-tasks-per-child": "N/A", "put-guarded-by-semaphore": false, "timeouts": [0, 0], "writes": {
                 "total": 7, "avg": "1.00", "all": "1.00", "raw": "7", "strategy": "fair", "inqueues": {"total": 2,
                 "active": 0}}}, "broker": {"hostname": "127.0.0.1", "userid": null, "virtual_host": "0", "port": 6391,
                 "insist": false, "ssl": false, "transport": "redis", "connect_timeout": 4, "transport_options": {},
                 "login_method": null, "uri_prefix": null, "heartbeat": 120.0, "failover_strategy": "round-robin",
                 "alternates": [], "credential_provider": null}, "prefetch_count": 8, "rusage": {"utime": 0.99,
                 "stime": 0.19, "maxrss": 60996, "ixrss": 0, "idrss": 0, "isrss": 0, "minflt": 28581, "majflt": 1,
                 "nswap": 0, "inblock": 392, "oublock": 64, "msgsnd": 0, "msgrcv": 0, "nsignals": 0, "nvcsw": 263,
                 "nivcsw": 402}}
                """)
            #expect(stats.shape == recorded.shape)
            #expect(stats["total"] == ["tasks.add": 1] && stats["pool"]?["max-concurrency"] == 2)
        }
    }

    @Test("queues are described as by kombu")
    func activeQueues() async throws {
        let app = try makeApp()
        try await withRemoteWorker(app, remoteOptions { $0.queues = ["celery", "mail"] }) { (_: Worker) async throws in
            let queues = try #require(try await app.ask("active_queues")?.arrayValue)
            let recorded = try JSONValue.recorded(
                """
                {"name": "celery", "exchange": {"name": "celery", "type": "direct", "arguments": null, "durable": true,
                 "passive": false, "auto_delete": false, "delivery_mode": null, "no_declare": false}, "routing_key":
                 "celery", "queue_arguments": null, "binding_arguments": null, "consumer_arguments": null, "durable": true,
                 "exclusive": false, "auto_delete": false, "no_ack": false, "alias": null, "bindings": [],
                 "no_declare": null, "expires": null, "message_ttl": null, "max_length": null, "max_length_bytes": null,
                 "max_priority": null}
                """)
            #expect(queues.first == recorded)
            #expect(queues.map { $0["name"] } == ["celery", "mail"])
        }
    }

    @Test("settings are shown under Celery's names, the changed ones or all, and never a password")
    func conf() async throws {
        let app = try TaskApp(
            "memory://settings", schemes: [], options: AppOptions(defaultQueue: "mail", discoversTasks: false))
        try await withRemoteWorker(app) { (_: Worker) async throws in
            let changed = try #require(try await app.ask("conf", ["with_defaults": false]))
            #expect(changed["broker_url"] == "memory://settings" && changed["task_default_queue"] == "mail")
            #expect(changed["enable_utc"] == nil)
            let all = try #require(try await app.ask("dump_conf", ["with_defaults": true]))
            #expect(all["enable_utc"] == true && all["worker_concurrency"] == 2)
        }
        var backend = Backend(MemoryStore())
        backend.url = try BackendURL("redis://:canary-7b1f@127.0.0.1:6391/0")
        let secret = try TaskApp(backend, options: AppOptions(discoversTasks: false))
        try await withRemoteWorker(secret) { (_: Worker) async throws in
            let shown = try #require(try await secret.ask("conf"))
            #expect(shown["broker_url"] == "redis://:***@127.0.0.1:6391/0")
            for command in ["conf", "report", "stats"] {
                #expect(try await secret.ask(command)?.text.contains("canary") == false, "\(command)")
            }
        }
    }

    @Test("hello is answered with what is revoked here, takes over what is revoked there, and is null to oneself")
    func hello() async throws {
        let app = try makeApp()
        try await withRemoteWorker(app) { (_: Worker) async throws in
            _ = try await app.ask("revoke", ["task_id": "id-1"])
            let reply = try await app.ask("hello", ["from_node": "w2@worker2", "revoked": ["id-9"]])
            #expect(reply?["revoked"] == ["id-1", "id-9"])
            #expect(try await app.ask("revoked") == ["id-1", "id-9"])
            #expect(try #require(reply?["clock"]?.intValue) > 0)
            #expect(try await app.ask("hello", ["from_node": "w1@worker1", "revoked": []]) == .null)
        }
    }

    @Test("an unknown command and wrong arguments are answered by the error that Python would raise")
    func errors() async throws {
        let app = try makeApp()
        let wrong: [(String, JSONObject, String)] = [
            ("no_such_command", ["x": 1], "KeyError('no_such_command')"),
            (
                "rate_limit", ["bogus": 1],
                "TypeError(\"rate_limit() missing 2 required positional arguments: 'task_name' and 'rate_limit'\")"
            ),
            ("revoke", [:], "TypeError(\"revoke() missing 1 required positional argument: 'task_id'\")"),
            ("enable_events", ["x": 1], "TypeError(\"enable_events() got an unexpected keyword argument 'x'\")"),
            ("pool_restart", [:], "ValueError('Pool restarts not enabled')"),
            ("autoscale", ["max": 5, "min": 1], "ValueError('Autoscale not enabled')"),
        ]
        try await withRemoteWorker(app) { (_: Worker) async throws in
            for (name, arguments, error) in wrong {
                #expect(try await app.ask(name, arguments) == ["error": .string(error)])
            }
            for name in ["objgraph", "memdump"] { #expect(try await app.ask(name)?["error"] != nil) }
        }
    }

    /// Every command with every argument of every wrong kind: there is always an answer, and the worker goes on.
    @Test("no argument, however wrong, stops the worker", .timeLimit(.minutes(15)))
    func hostileArguments() async throws {
        let app = try makeApp()
        _ = try app.task("tasks.add") { (x: Int, y: Int) in x + y }
        let names = [
            "ids", "task_id", "signal", "terminate", "headers", "task_name", "rate_limit", "soft", "hard", "n", "max",
            "min", "queue", "exchange", "exchange_type", "routing_key", "from_node", "revoked", "taskinfoitems", "safe",
            "with_defaults", "id", "topic",
        ]
        let values: [JSONValue] = [
            .null, true, -1, .integer(.max), .integer(.min), .bigInteger("99999999999999999999"), .double(.nan),
            .double(.infinity), 1e300, "", "a/b/c", "\u{0}", [], [[]], [1, "x"], [:], ["a": ["b": .null]],
        ]
        let commands = [
            "query_task", "revoke", "terminate", "revoke_by_stamped_headers", "rate_limit", "time_limit", "pool_grow",
            "pool_shrink", "autoscale", "add_consumer", "cancel_consumer", "hello", "registered", "active", "conf",
            "election", "heartbeat", "pool_restart",
        ]
        try await withRemoteWorker(app) { (_: Worker) async throws in
            for command in commands {
                for value in values {
                    var arguments = JSONObject(uniqueKeysWithValues: names.map { (JSONKey($0), value) })
                    #expect(try await app.ask(command, arguments) != nil, "\(command) \(value)")
                    arguments["task_name"] = "tasks.add"
                    #expect(try await app.ask(command, arguments) != nil, "\(command) \(value)")
                }
            }
            #expect(try await app.ask("ping") == ["ok": "pong"])
        }
    }

    @Test("commands are answered while tasks hold every thread of the pool", .timeLimit(.minutes(15)))
    func busy() async throws {
        let app = try makeApp()
        let answered = Flag()
        let spin = try app.task("spin") { (n: Int) in
            while !answered.isRaised {}
            return n
        }
        let threads = ProcessInfo.processInfo.activeProcessorCount
        try await withRemoteWorker(app, remoteOptions { $0.concurrency = threads + 2 }) { (_: Worker) async throws in
            var calls: [Signature<Int>] = []
            for n in 0..<threads + 2 { calls.append(spin(n)) }
            // From a thread of its own, since the pool has none left. Did the worker not answer, they would spin for ever.
            let asking = Task(executorPreference: OwnThread()) {
                defer { answered.raise() }
                while try await app.ask("active")?.arrayValue?.count ?? 0 < threads {}
            }
            let results = try await app.send(calls)
            try await asking.value
            for result in results { _ = try await result.get() }
        }
    }
}

/// Looked at by tasks that never suspend.
private final class Flag: Sendable {
    private let state = Atomic(false)

    var isRaised: Bool { state.load(ordering: .acquiring) }
    func raise() { state.store(true, ordering: .releasing) }
}

/// Runs tasks on a thread that is no part of the pool.
private final class OwnThread: TaskExecutor {
    private let queue = DispatchQueue(label: "test.asker")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
