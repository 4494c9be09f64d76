import Celeriac
import CeleriacCore
import Foundation
import Testing

extension Interop {
    /// Swift's faces and command line on stock Celery workers.
    @Suite(
        "A Swift client inspects and controls Python workers",
        .fleet { plan in
            plan.pythonWorkers = [
                { try PythonWorker(redis: $0, settings: ["task_track_started": true], scratch: $1) },
                {
                    try PythonWorker(
                        "forked", redis: $0, pool: "prefork", queues: ["forked"],
                        settings: ["task_track_started": true], scratch: $1)
                },
            ]
        }
    )
    struct SwiftControlsPython: Live {
        var node: String { fleet.pythonNode }
        var forked: String { fleet.pythonWorkers.last?.node ?? "" }

        /// Asks the first worker, and waits no longer than it takes.
        func inspection() throws -> Inspection { try app.inspect(to: [node], timeout: .seconds(10)) }
        func control() throws -> RemoteControl { try app.control(to: [node], timeout: .seconds(10)) }

        func holding(
            _ queue: QueueName = "celery", _ body: (AsyncResult<JSONValue>) async throws -> Void
        ) async throws {
            let gate = scratch.gate()
            let held = try await app.send("py.hold", args: [.string(gate.path)], options: CallOptions(queue: queue))
            for try await update in held.updates where update.state == .started { break }
            do { try await body(held) } catch {
                try gate.open()
                throw error
            }
            try gate.open()
        }
    }
}

extension Interop.SwiftControlsPython {
    // MARK: Inspecting

    @Test("ping is answered by every Python worker", .timeLimit(.minutes(15)))
    func ping() async throws {
        let replies = try await app.inspect().ping()
        #expect(Set(replies.map(\.node)) == [node, forked] && replies.allSatisfy { $0.value == "pong" })
    }

    @Test("a destination and a pattern choose workers", .timeLimit(.minutes(15)))
    func audience() async throws {
        #expect(try await inspection().ping().map(\.node) == [node])
        #expect(try await app.inspect(pattern: .init("fork*@*")).ping().map(\.node) == [forked])
        #expect(try await app.inspect(to: ["nobody@nowhere"], timeout: .milliseconds(200)).ping().isEmpty)
    }

    @Test("active tells the running call of a Python worker", .timeLimit(.minutes(15)))
    func active() async throws {
        try await holding { held in
            let call = try #require(try await inspection().active().first?.get().first)
            #expect(call.id == held.id && call.task == "py.hold" && call.node == node && call.routingKey == "celery")
            #expect(call.args.arrayValue?.count == 1 && call.startedAt != nil && call.pid != nil && !call.isRedelivered)
        }
    }

    @Test("query_task finds the running call of a Python worker", .timeLimit(.minutes(15)))
    func queryTask() async throws {
        try await holding { held in
            let found = try #require(try await inspection().queryTask([held.id, "no-such-id"]).first?.get())
            #expect(found.map(\.call.id) == [held.id] && found.map(\.stage) == [.active])
        }
    }

    @Test("reserved and scheduled tell what a Python worker holds", .timeLimit(.minutes(15)))
    func waiting() async throws {
        let plain = try Fleet.app(fleet.url + "?delays=worker")
        let later = try await plain.send("py.add", args: [1, 1], options: CallOptions(countdown: .seconds(600)))
        try await waitUntil {
            try await inspection().scheduled().first?.get().contains { $0.call.id == later.id && $0.eta != nil } == true
        }
        #expect(try await inspection().reserved().first?.value != nil)
        try await later.revoke()
    }

    @Test("revoked tells what was revoked", .timeLimit(.minutes(15)))
    func revoked() async throws {
        try await control().revoke(["revoked-by-swift"])
        #expect(try await inspection().revoked().first?.get().contains("revoked-by-swift") == true)
    }

    @Test("registered tells the tasks of a Python worker", .timeLimit(.minutes(15)))
    func registered() async throws {
        let tasks = try #require(try await inspection().registered(taskInfo: ["max_retries"]).first?.get())
        #expect(tasks.contains { $0.name == "py.add" })
        #expect(tasks.first { $0.name == "py.retry_after" }?.info["max_retries"] == "1")
    }

    @Test("stats are read: totals, pool, prefetch, pid, clock, transport", .timeLimit(.minutes(15)))
    func stats() async throws {
        _ = try await app.send("py.add", args: [1, 1]).get(timeout: .seconds(20))
        let stats = try #require(try await inspection().stats().first?.get())
        #expect(stats.totals["py.add", default: 0] >= 1 && stats.concurrency == 2 && stats.pid != nil)
        #expect(stats.transport == "redis" && stats.clock != nil && stats.uptime != nil)
        // What it may hold, and one more for each call that it holds until its eta.
        let scheduled = try await inspection().scheduled().first?.get().count ?? 0
        #expect(stats.prefetch == 8 + scheduled)
        let prefork = try #require(try await app.inspect(to: [forked], timeout: .seconds(10)).stats().first?.get())
        #expect(prefork.processes.count == 2 && prefork.pool?.contains("prefork") == true)
    }

    @Test("active_queues tells the queues of a Python worker", .timeLimit(.minutes(15)))
    func activeQueues() async throws {
        let queues = try #require(try await inspection().activeQueues().first?.get())
        #expect(queues.map(\.name) == ["celery"] && queues.first?.exchangeKind == .direct)
    }

    @Test("conf, report and clock are read", .timeLimit(.minutes(15)))
    func configuration() async throws {
        #expect(try await inspection().configuration().first?.get()["result_expires"] == 3600)
        #expect(try await inspection().report().first?.get().contains("celery:5.7.0") == true)
        #expect(try await inspection().clock().first?.get() ?? 0 > 0)
    }

    // MARK: Controlling

    @Test("terminate ends a running call of a prefork worker", .timeLimit(.minutes(15)))
    func terminate() async throws {
        let held = try await app.send(
            "py.hold", args: [.string(scratch.path("never"))], options: CallOptions(queue: "forked"))
        for try await update in held.updates where update.state == .started { break }
        let told = try await app.control(to: [forked], timeout: .seconds(10)).terminate([held.id], signal: .kill)
        #expect(told.first?.value == "terminate: \(held.id)")
        let failure = await #expect(throws: TaskFailure.self) { try await held.get(timeout: .seconds(20)) }
        #expect(failure?.type == "TaskRevokedError")
    }

    @Test("a rate limit is set, refused for an unknown task, and lifted", .timeLimit(.minutes(15)))
    func rateLimit() async throws {
        #expect(try await control().rateLimit("py.echo", "10/m").first?.value == "new rate limit set successfully")
        let shown = try await inspection().registered(taskInfo: ["rate_limit"]).first?.get()
        #expect(shown?.first { $0.name == "py.echo" }?.info["rate_limit"] == "10/m")
        #expect(try await control().rateLimit("py.echo", nil).first?.value == "rate limit disabled successfully")
        #expect(try await control().rateLimit("py.no_such", "1/s").first?.error?.code == .unknownTask)
    }

    @Test("time limits are set", .timeLimit(.minutes(15)))
    func timeLimit() async throws {
        let told = try await control().timeLimit("py.soft", soft: .seconds(1), hard: .seconds(60))
        #expect(told.first?.value == "time limits set successfully")
    }

    @Test("the pool grows and shrinks", .timeLimit(.minutes(15)))
    func pool() async throws {
        let control = try app.control(to: [forked], timeout: .seconds(10))
        let inspection = try app.inspect(to: [forked], timeout: .seconds(10))
        #expect(try await control.growPool().first?.value == "pool will grow")
        try await waitUntil { try await inspection.stats().first?.get().processes.count == 3 }
        #expect(try await control.shrinkPool().first?.value == "pool will shrink")
    }

    @Test("a refusal of a Python worker is a typed error with its words", .timeLimit(.minutes(15)))
    func refusal() async throws {
        let error = try await control().autoscale(min: 1, max: 5).first?.error
        #expect(error?.code == .refused && error?.message.contains("Autoscale not enabled") == true)
        #expect(try await control().command("no_such_command").first?.error?.code == .unknownCommand)
    }

    @Test("a consumer is added and cancelled", .timeLimit(.minutes(15)))
    func consumers() async throws {
        #expect(try await control().addConsumer("fresh").first?.value == "add consumer fresh")
        let sum = try await app.send("py.add", args: [1, 2], options: CallOptions(queue: "fresh"))
        #expect(try await sum.get(timeout: .seconds(20)) == 3)
        #expect(try await control().cancelConsumer("fresh").first?.value == "no longer consuming from fresh")
        #expect(try await inspection().activeQueues().first?.get().contains { $0.name == "fresh" } == false)
    }

    @Test("shutdown ends a Python worker", .timeLimit(.minutes(15)))
    func shutdown() async throws {
        let doomed = try await PythonWorker(
            "doomed", redis: fleet.url, queues: ["doomed"], scratch: scratch
        ).ready()
        defer { doomed.process.kill() }
        try await app.control(to: [doomed.node]).shutdown()
        try await doomed.process.waitUntilGone()
    }

    // MARK: The command line

    @Test("`celeriac status` lists the Python workers", .timeLimit(.minutes(15)))
    func statusCommand() async throws {
        let status = try await Program.celeriac("status", redis: fleet.url)
        #expect(status.exit == 0 && status.out.contains(node) && status.out.contains(forked), "\(status)")
    }

    @Test("`celeriac inspect active --json` tells what a Python worker runs", .timeLimit(.minutes(15)))
    func inspectCommand() async throws {
        try await holding { held in
            let active = try await Program.celeriac("inspect", "active", "--json", redis: fleet.url)
            #expect(active.exit == 0 && active.out.contains(held.id.rawValue), "\(active)")
        }
    }

    @Test("`celeriac control rate-limit` is obeyed by a Python worker", .timeLimit(.minutes(15)))
    func controlCommand() async throws {
        let told = try await Program.celeriac(
            "control", "rate_limit", "py.values", "7/m", "--destination", node, redis: fleet.url)
        #expect(told.exit == 0, "\(told)")
        let shown = try await inspection().registered(taskInfo: ["rate_limit"]).first?.get()
        #expect(shown?.first { $0.name == "py.values" }?.info["rate_limit"] == "7/m")
    }

    @Test("`celeriac call` and `celeriac result` work on a Python task", .timeLimit(.minutes(15)))
    func callCommand() async throws {
        let call = try await Program.celeriac("call", "py.add", "2", "3", "--wait", "20s", redis: fleet.url)
        #expect(call.exit == 0 && call.out.contains("5"), "\(call)")
    }
}
