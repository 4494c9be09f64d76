import Celeriac
import CeleriacCore
import CeleriacTesting
import Foundation
import Testing

@Suite("Remote control: what a worker is told")
struct ControlTests {
    // MARK: Revoking

    @Test("a call revoked by control never starts, wherever its message comes from, and its state is REVOKED")
    func revoke() async throws {
        let time = ManualTime()
        let app = try makeApp(time: time)
        let started = Journal<Int>()
        let echo = try app.task("echo") { (n: Int) in
            started.write(n)
            return n
        }
        try await withRemoteWorker(app) { (_: Worker) async throws in
            let delayed = try await app.send(echo(1).with(CallOptions(countdown: .minutes(1))))
            #expect(
                try await app.ask("revoke", ["task_id": .string(delayed.id.rawValue), "terminate": false])
                    == ["ok": .string("tasks {'\(delayed.id)'} flagged as revoked")])
            #expect(
                try await app.ask("revoke", ["task_id": ["id-1", "id-2"], "terminate": false, "signal": "SIGTERM"])
                    == ["ok": "tasks {'id-1', 'id-2'} flagged as revoked"])
            let later = try await app.send(echo(2).with(CallOptions(id: "id-2")))
            #expect(try await later.failure().message == "revoked")
            await time.advance(by: .minutes(1))
            #expect(try await delayed.failure().message == "revoked")
            #expect(try await app.ask("revoked")?.arrayValue?.count == 3)
            #expect(started.entries.isEmpty)
        }
    }

    @Test("a running call is terminated, and its signal told; of an unknown one Celery's words say so")
    func terminate() async throws {
        let app = try makeApp()
        let running = Gate()
        let never = Gate()
        let task = try app.task("endless") { (n: Int) in
            running.open()
            try await never.wait()
            return n
        }
        try await withEvents(app) { (log: EventLog) async throws in
            try await withRemoteWorker(app, remoteOptions { $0.sendsTaskEvents = true }) { (_: Worker) async throws in
                let result = try await app.send(task(1))
                try await running.wait()
                let arguments: JSONObject = ["task_id": .string(result.id.rawValue), "signal": "KILL"]
                #expect(try await app.ask("terminate", arguments) == ["ok": .string("terminate: \(result.id)")])
                #expect(try await result.failure().message == "terminated")
                let event = try await log.next(.taskRevoked, of: result.id)
                #expect(event.fields["terminated"] == true && event.fields["signum"] == 9)
                #expect(event.fields["expired"] == false)
                #expect(
                    try await app.ask("revoke", ["task_id": "id-3", "terminate": true, "signal": "SIGTERM"])
                        == ["ok": "terminate: tasks unknown"])
                #expect(
                    try await app.ask("terminate", ["task_id": "id-3", "signal": "SIGFOO"])
                        == ["error": "AttributeError(\"module 'signal' has no attribute 'SIGFOO'\")"])
            }
        }
    }

    private func stamped(_ tenant: JSONValue) -> CallOptions {
        CallOptions(headers: ["stamped_headers": ["tenant"], "stamps": ["tenant": tenant]])
    }

    @Test("calls are revoked by their stamps, those that run as well if told to")
    func stamps() async throws {
        let app = try makeApp()
        let isRunning = Gate()
        let never = Gate()
        let wait = try app.task("wait") { (n: Int) in
            isRunning.open()
            try await never.wait()
            return n
        }
        let echo = try app.task("echo") { (n: Int) in n }
        try await withRemoteWorker(app, remoteOptions { $0.concurrency = 4 }) { (_: Worker) async throws in
            let running = try await app.send(wait(1).with(stamped(["acme", "beta"])))
            try await isRunning.wait()
            #expect(
                try await app.ask("revoke_by_stamped_headers", ["headers": ["tenant": ["acme"]], "terminate": false])
                    == ["ok": "headers {'tenant': ['acme']} flagged as revoked, but not terminated"])
            #expect(try await app.send(echo(1).with(stamped("acme"))).failure().message == "revoked")
            #expect(try await app.send(echo(2).with(stamped("other"))).get() == 2)
            #expect(try await running.state == .started)
            #expect(
                try await app.ask("revoke_by_stamped_headers", ["headers": ["tenant=none"], "terminate": true])
                    == ["ok": "headers {'tenant': 'none'} were not terminated"])
            #expect(
                try await app.ask("revoke_by_stamped_headers", ["headers": ["tenant=acme"], "terminate": true])
                    == ["ok": "headers defaultdict(<class 'set'>, {'tenant': {'acme'}}) revoked"])
            #expect(try await running.failure().message == "terminated")
        }
    }

    @Test("a worker that starts asks the others what is revoked, and what time it is by their clocks")
    func mingle() async throws {
        let store = MemoryStore(time: ManualTime())
        let (first, second) = (try makeApp(store: store), try makeApp(store: store))
        try await withRemoteWorker(first, remoteOptions("a@host")) { (_: Worker) async throws in
            _ = try await first.ask("revoke", ["task_id": ["id-1", "id-2"]], to: "a@host")
            let clock = try #require(try await first.ask("clock", to: "a@host")?["clock"]?.intValue)
            try await withRemoteWorker(second, remoteOptions("b@host")) { (_: Worker) async throws in
                while try await first.ask("revoked", to: "b@host") == [] { await Task.yield() }
                let known = try await first.ask("revoked", to: "b@host")?.arrayValue?.compactMap(\.stringValue)
                #expect(known?.sorted() == ["id-1", "id-2"])
                let other = try #require(try await first.ask("clock", to: "b@host")?["clock"]?.intValue)
                #expect(other > clock)
            }
        }
    }

    // MARK: Limits

    @Test("a rate limit is changed and lifted while the worker runs")
    func rateLimit() async throws {
        let time = ManualTime()
        let app = try makeApp(time: time)
        let echo = try app.task("echo") { (n: Int) in n }
        try await withRemoteWorker(app) { (_: Worker) async throws in
            #expect(
                try await app.ask("rate_limit", ["task_name": "echo", "rate_limit": "1/h"])
                    == ["ok": "new rate limit set successfully"])
            #expect(try await app.send(echo(1)).get() == 1)
            let second = try await app.send(echo(2))
            while try await app.broker.counts(of: .default).delayed == 0 { await Task.yield() }
            #expect(
                try await app.ask("rate_limit", ["task_name": "echo", "rate_limit": 0])
                    == ["ok": "rate limit disabled successfully"])
            #expect(try await app.send(echo(3)).get() == 3, "no limit holds it")
            await time.advance(by: .hours(1))
            #expect(try await second.get() == 2)
        }
    }

    @Test("a wrong rate limit is answered in Celery's words")
    func wrongRateLimit() async throws {
        let app = try makeApp()
        _ = try app.task("tasks.add") { (n: Int) in n }
        let unreadable = "ValueError(\"could not convert string to float: 'fast'\")"
        let wrong: [(JSONValue, JSONValue, String)] = [
            ("tasks.add", "fast", "Invalid rate limit string: \(unreadable)"),
            ("tasks.nope", "1/s", "unknown task"), ("tasks.add", "1/d", "KeyError('d')"),
        ]
        try await withRemoteWorker(app) { (_: Worker) async throws in
            for (task, limit, error) in wrong {
                #expect(
                    try await app.ask("rate_limit", ["task_name": task, "rate_limit": limit])
                        == ["error": .string(error)])
            }
        }
    }

    @Test("time limits are changed while the worker runs, for senders that know the task's own too")
    func timeLimit() async throws {
        let time = ManualTime()
        let app = try makeApp(time: time)
        let never = Gate()
        let task = try app.task("endless", options: TaskOptions(softTimeLimit: .hours(9))) { (n: Int) in
            try await never.wait()
            return n
        }
        try await withRemoteWorker(app) { (_: Worker) async throws in
            #expect(
                try await app.ask("time_limit", ["task_name": "endless", "hard": 60, "soft": 30])
                    == ["ok": "time limits set successfully"])
            let result = try await app.send(task(1))
            try await result.reaches(.started)
            try await time.untilSleeper(dueIn: .seconds(30))
            await time.advance(by: .seconds(30))
            #expect(try await result.failure().type == "SoftTimeLimitExceeded")
            #expect(try await app.ask("time_limit", ["task_name": "nope"]) == ["error": "unknown task"])
        }
    }

    // MARK: Slots

    @Test("slots are added and taken away while tasks run")
    func growAndShrink() async throws {
        let app = try makeApp()
        let gates = [Gate(), Gate(), Gate()]
        let running = [Gate(), Gate(), Gate()]
        let task = try app.task("slow") { (n: Int) in
            running[n].open()
            try await gates[n].wait()
            return n
        }
        try await withRemoteWorker(app, remoteOptions { $0.concurrency = 1 }) { (_: Worker) async throws in
            let results = [
                try await app.send(task(0)), try await app.send(task(1)), try await app.send(task(2)),
            ]
            try await running[0].wait()
            #expect(try await app.broker.counts(of: .default).leased == 1)
            #expect(try await app.ask("pool_grow", ["n": 1]) == ["ok": "pool will grow"])
            try await running[1].wait()
            #expect(try await app.ask("stats")?["pool"]?["max-concurrency"] == 2)
            #expect(try await app.ask("pool_shrink", ["n": 1]) == ["ok": "pool will shrink"])
            gates[1].open()
            _ = try await results[1].get()
            #expect(try await app.ask("active")?.arrayValue?.count == 1)
            #expect(try await app.broker.counts(of: .default).ready == 1, "one slot, and it is taken")
            gates[0].open()
            gates[2].open()
            #expect(try await results[2].get() == 2)
            #expect(
                try await app.ask("pool_shrink") == ["error": "ValueError('a worker must have at least 1 slot')"])
        }
    }

    @Test("a worker that scales by itself grows with what waits, and shrinks after half a minute")
    func autoscale() async throws {
        let time = ManualTime()
        let app = try makeApp(time: time)
        let gate = Gate()
        let task = try app.task("slow") { (n: Int) in
            try await gate.wait()
            return n
        }
        func slots() async throws -> JSONValue? { try await app.ask("stats")?["pool"]?["max-concurrency"] }
        try await withRemoteWorker(app, remoteOptions { $0.autoscale = 1...4 }) { (_: Worker) async throws in
            #expect(try await slots() == 1)
            #expect(
                try await app.ask("pool_grow") == [
                    "error": "pool_grow is not supported with autoscale. Adjust autoscale range instead."
                ])
            var results: [AsyncResult<Int>] = []
            for n in 0..<3 { results.append(try await app.send(task(n))) }
            while try await slots() != 3 { await time.advance(by: .seconds(1)) }
            #expect(try await app.ask("autoscale", ["max": 2, "min": 1]) == ["ok": "autoscale now max=2 min=1"])
            #expect(try await slots() == 2)
            gate.open()
            for result in results { _ = try await result.get() }
            await time.advance(by: .seconds(28))
            #expect(try await slots() == 2)
            while try await slots() != 1 { await time.advance(by: .seconds(1)) }
            #expect(
                try await app.ask("autoscale", ["max": 1, "min": 2])
                    == ["error": "ValueError('max must be at least 1 and not less than min')"])
        }
    }

    // MARK: Queues

    @Test("queues are added and cancelled while the worker waits at others")
    func consumers() async throws {
        let app = try makeApp()
        let echo = try app.task("echo") { (n: Int) in n }
        func names() async throws -> [JSONValue?]? {
            try await app.ask("active_queues")?.arrayValue?.map { $0["name"] }
        }
        try await withRemoteWorker(app) { (_: Worker) async throws in
            let extra = try await app.queue("extra").enqueue(echo(1))
            let reply = try await app.ask(
                "add_consumer",
                ["queue": "extra", "exchange": .null, "exchange_type": "direct", "routing_key": .null])
            #expect(reply == ["ok": "add consumer extra"])
            #expect(try await extra.get() == 1)
            #expect(try await names() == ["celery", "extra"])
            for queue in ["extra", "celery"] as [JSONValue] {
                #expect(try await app.ask("cancel_consumer", ["queue": queue])?["ok"] != nil)
            }
            #expect(try await names() == [])
            let waiting = try await app.send(echo(2))
            for name in ["", "a\n", "unacked", "celeriac.leases:celery", "_kombu.binding.x", "w.reply.celery.pidbox"] {
                let answer = try await app.ask("add_consumer", ["queue": .string(name)])
                #expect(answer?["error"]?.stringValue?.contains("is not a queue name") == true, "\(name)")
                let exchange = try await app.ask("add_consumer", ["queue": "q", "exchange": .string(name)])
                #expect(exchange?["error"] != nil, "\(name)")
            }
            let headers = try await app.ask(
                "add_consumer", ["queue": "q", "exchange": "e", "exchange_type": "headers"])
            #expect(headers?["error"]?.stringValue?.contains("in the topology of the app") == true)
            // This broker has no exchanges.
            #expect(try await app.ask("add_consumer", ["queue": "q", "exchange": "e"])?["error"] != nil)
            #expect(try await waiting.state == .pending)
            #expect(try await app.ask("add_consumer", ["queue": "celery"]) == ["ok": "add consumer celery"])
            #expect(try await waiting.get() == 2)
        }
    }

    // MARK: The whole worker

    @Test("a worker that says it has started can be told to go")
    func listensFirst() async throws {
        let app = try makeApp()
        let options = remoteOptions {
            $0.hooks = [
                { event in
                    guard case .started(let node, _) = event, let channel = app.broker as? any ControlChannel else {
                        return
                    }
                    do { try await channel.broadcast(ControlCommand("shutdown", to: [node])) } catch {
                        Issue.record(error)
                    }
                }
            ]
        }
        try await Worker(app, options: options).run()
    }

    @Test("shutdown ends the worker gracefully, and is not answered")
    func shutdown() async throws {
        let app = try makeApp()
        let gate = Gate()
        let task = try app.task("slow") { (n: Int) in
            try await gate.wait()
            return n
        }
        let stopping = Gate()
        let options = remoteOptions { $0.hooks = [{ if case .stopping = $0 { stopping.open() } }] }
        let worker = Worker(app, options: options)
        async let end: Void = worker.run()
        while try await app.ask("ping") == nil { await Task.yield() }
        let result = try await app.send(task(1))
        try await result.reaches(.started)
        #expect(try await app.ask("shutdown") == nil)
        try await stopping.wait()
        gate.open()
        try await end
        #expect(try await result.get() == 1)
    }

    @Test("a worker by default refuses what stops, grows, limits or consumes; it answers, sends events and revokes")
    func readOnly() async throws {
        let app = try makeApp()
        let echo = try app.task("echo") { (n: Int) in n }
        let preset = WorkerOptions().control
        try await withRemoteWorker(app, remoteOptions { $0.control = preset }) { (_: Worker) async throws in
            let changing = [
                "shutdown", "pool_grow", "pool_shrink", "pool_restart", "autoscale", "add_consumer", "cancel_consumer",
                "rate_limit", "time_limit",
            ]
            for command in changing {
                let error = try await app.ask(command, ["queue": "celery"])?["error"]?.stringValue
                #expect(error?.hasPrefix("PermissionError(\"\(command): this worker's") == true, "\(command)")
                #expect(error?.contains("--control full") == true, "\(command)")
            }
            for command in ["ping", "stats", "active", "conf", "enable_events", "disable_events", "heartbeat"] {
                #expect(try await app.ask(command)?["error"] == nil, "\(command)")
            }
            #expect(try await app.ask("revoke", ["task_id": "x"])?["ok"] != nil)
            #expect(try await app.ask("terminate", ["task_id": "x", "signal": "KILL"])?["ok"] != nil)
            #expect(try await app.send(echo(1)).get() == 1, "it goes on")
        }
    }

    @Test("each command that is refused is logged once, with what allows it")
    func logsRefusals() async throws {
        let lines = Journal<String>()
        let app = try makeApp(lines: lines)
        try await withRemoteWorker(app, remoteOptions { $0.control = .readOnly }) { (_: Worker) async throws in
            for command in ["shutdown", "shutdown", "pool_grow"] { _ = try await app.ask(command) }
        }
        let refusals = lines.entries.filter { $0.contains("was refused") }
        #expect(refusals.count == 2)
        #expect(refusals.count { $0.contains("shutdown") } == 1)
        #expect(refusals.allSatisfy { $0.contains("--control full") })
    }

    @Test("where control is off, nobody listens")
    func off() async throws {
        let app = try makeApp()
        let echo = try app.task("echo") { (n: Int) in n }
        try await withWorker(app, remoteOptions { $0.control = .off }) { (_: Worker) async throws in
            #expect(try await app.send(echo(1)).get() == 1)
            #expect(try await app.ask("ping") == nil)
        }
    }
}
