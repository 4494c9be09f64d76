import Celeriac
import CeleriacCore
import CeleriacTesting
import Foundation
import Testing

/// The events of Celery 5.7's own worker were recorded for the same calls; ours come in the same order with the same
/// fields.
@Suite("Events of a worker")
struct WorkerEventTests {
    private func withEventfulWorker(
        _ app: TaskApp, _ body: (EventLog) async throws -> Void
    ) async throws {
        try await withEvents(app) { (log: EventLog) async throws in
            try await withRemoteWorker(app, remoteOptions { $0.sendsTaskEvents = true }) { _ in try await body(log) }
        }
    }

    @Test("a call that succeeds is received, started and succeeded")
    func success() async throws {
        let app = try makeApp()
        let add = try app.task("tasks.add") { (x: Int, y: Int) in x + y }
        try await withEventfulWorker(app) { (log: EventLog) async throws in
            let result = try await app.send(add(2, 3))
            let succeeded = try await log.next(.taskSucceeded, of: result.id)
            #expect(log.kinds(of: result.id) == ["task-received", "task-started", "task-succeeded"])
            let received = try #require(log.of(result.id).first)
            #expect(
                received.fields == [
                    "uuid": .string(result.id.rawValue), "name": "tasks.add", "args": "(2, 3)", "kwargs": "{}",
                    "root_id": .string(result.id.rawValue), "parent_id": .null, "retries": 0, "eta": .null,
                    "expires": .null,
                ])
            #expect(received.node == "w1@worker1" && received.utcOffset == 0)
            #expect(received.at == app.time.now)
            #expect(succeeded.fields["result"] == "5" && succeeded.fields["runtime"]?.doubleValue == 0)
            let clocks = log.all.map(\.clock)
            #expect(clocks == clocks.sorted() && Set(clocks).count == clocks.count, "a clock that ticks")
        }
    }

    @Test("a worker's clock follows the events of other workers, unless it does not gossip", arguments: [true, false])
    func gossip(gossips: Bool) async throws {
        let app = try makeApp()
        let options = remoteOptions {
            $0.gossips = gossips
            $0.mingles = false
        }
        try await withRemoteWorker(app, options) { _ in
            let channel = try #require(app.broker as? any EventChannel)
            try await channel.emit([
                MonitorEvent(.taskStarted, from: "w2@b", pid: 1, clock: 900_000, at: app.time.now),
                MonitorEvent(.workerHeartbeat, from: "w2@b", pid: 1, clock: 500_000, at: app.time.now),
            ])
            let clock = try #require(try await app.ask("clock")?["clock"]?.intValue)
            #expect(gossips ? (500_000..<900_000).contains(clock) : clock < 500_000)
        }
    }

    @Test("a received event shows shadow, eta and expiry")
    func receivedFields() async throws {
        let time = ManualTime()
        let app = try makeApp(time: time)
        let add = try app.task("tasks.add") { (x: Int, y: Int) in x + y }
        try await withEventfulWorker(app) { (log: EventLog) async throws in
            let options = CallOptions(
                countdown: .seconds(1), expires: time.now.addingTimeInterval(60), shadow: "sh",
                headers: ["argsrepr": "(…)"])
            let result = try await app.send(add(1, 1).with(options))
            await time.advance(by: .seconds(1))
            let received = try await log.next(.taskReceived, of: result.id)
            #expect(received.fields["name"] == "sh" && received.fields["args"] == "(…)")
            #expect(received.fields["kwargs"] == "{}")
            #expect(received.fields["eta"] == "2026-01-01T00:00:01+00:00")
            #expect(received.fields["expires"] == "2026-01-01T00:01:00+00:00")
        }
    }

    @Test("a call that fails says with which exception")
    func failure() async throws {
        let app = try makeApp()
        let fail = try app.task("tasks.fail") { (text: String) -> Int in throw WrongValue(text: text) }
        try await withEventfulWorker(app) { (log: EventLog) async throws in
            let result = try await app.send(fail("boom"))
            let failed = try await log.next(.taskFailed, of: result.id)
            #expect(log.kinds(of: result.id) == ["task-received", "task-started", "task-failed"])
            #expect(failed.fields["exception"] == "ValueError('boom')")
            #expect(failed.fields.keys.sorted() == ["exception", "traceback", "uuid"])
            #expect(failed.fields["traceback"]?.stringValue?.hasSuffix("\nValueError: boom\n") == true)
        }
    }

    @Test("a call that is retried is told of at each attempt")
    func retry() async throws {
        let time = ManualTime()
        let app = try makeApp(time: time)
        let task = try app.task("tasks.retry") { (n: Int) in
            guard let context = TaskContext.current, context.attempt > 1 else {
                throw TaskContext.current?.retry(in: .seconds(1)) ?? Hiccup() as any Error
            }
            return n
        }
        try await withEventfulWorker(app) { (log: EventLog) async throws in
            let result = try await app.send(task(1))
            let retried = try await log.next(.taskRetried, of: result.id)
            #expect(retried.fields["exception"] == "None")
            #expect(
                retried.fields["traceback"]?.stringValue?.contains("in tasks.retry\ncelery.exceptions.Retry: ") == true)
            await time.advance(by: .seconds(1))
            try await log.next(.taskSucceeded, of: result.id)
            #expect(
                log.kinds(of: result.id) == [
                    "task-received", "task-started", "task-retried", "task-received", "task-started", "task-succeeded",
                ])
            #expect(log.of(result.id)[3].fields["retries"] == 1)
        }
    }

    @Test("a call that has expired, or is revoked, is told of as revoked and nothing else")
    func revoked() async throws {
        let time = ManualTime()
        let app = try makeApp(time: time)
        let echo = try app.task("echo") { (n: Int) in n }
        try await withEventfulWorker(app) { (log: EventLog) async throws in
            let past = CallOptions(expires: time.now.addingTimeInterval(-1))
            let expired = try await app.send(echo(1).with(past))
            var event = try await log.next(.taskRevoked, of: expired.id)
            #expect(
                event.fields == [
                    "uuid": .string(expired.id.rawValue), "terminated": false, "signum": .null, "expired": true,
                ])
            _ = try await app.ask("revoke", ["task_id": "gone"])
            let revoked = try await app.send(echo(2).with(CallOptions(id: "gone")))
            event = try await log.next(.taskRevoked, of: revoked.id)
            #expect(event.fields["expired"] == false && event.fields["terminated"] == false)
            #expect(log.kinds(of: expired.id) == ["task-revoked"] && log.kinds(of: revoked.id) == ["task-revoked"])
        }
    }

    @Test("an unknown task fails with NotRegistered, which is all that is told; its FAILURE is recorded")
    func unknown() async throws {
        let app = try makeApp()
        try await withEventfulWorker(app) { (log: EventLog) async throws in
            let result = try await app.send("tasks.unknown", args: [1])
            let failed = try await log.next(.taskFailed, of: result.id)
            #expect(log.kinds(of: result.id) == ["task-failed"])
            #expect(failed.fields["exception"] == "NotRegistered('tasks.unknown')")
            let failure = try await result.failure()
            #expect(failure.module == "celery.exceptions" && failure.arguments == ["tasks.unknown"])
        }
    }

    @Test("a message that cannot be read is received and fails")
    func malformed() async throws {
        let app = try makeApp()
        _ = try app.task("tasks.add") { (x: Int, y: Int) in x + y }
        try await withEventfulWorker(app) { (log: EventLog) async throws in
            let result = try await app.send("tasks.add", args: ["two", 3])
            try await log.next(.taskFailed, of: result.id)
            let unreadable = Envelope(headers: MessageHeaders(id: "bad", task: "tasks.add"), body: Array("[[".utf8))
            try await app.broker.publish([Publication(unreadable, to: .default)])
            try await log.next(.taskFailed, of: "bad")
            #expect(log.kinds(of: "bad") == ["task-received", "task-failed"])
        }
    }

    @Test("a task that rejects its call fails and is rejected")
    func rejected() async throws {
        let app = try makeApp()
        let reject = try app.task("tasks.reject") { (reason: String) -> Int in
            throw TaskContext.current?.reject(reason) ?? Hiccup() as any Error
        }
        try await withEventfulWorker(app) { (log: EventLog) async throws in
            let result = try await app.send(reject("rejected by task"))
            let rejected = try await log.next(.taskRejected, of: result.id)
            #expect(
                log.kinds(of: result.id) == ["task-received", "task-started", "task-failed", "task-rejected"])
            #expect(rejected.fields["requeue"] == false)
            #expect(log.of(result.id)[2].fields["exception"] == "reject requeue=False: rejected by task")
            let failure = try await result.failure()
            #expect(failure.arguments == ["rejected by task", false] && failure.module == "celery.exceptions")
        }
    }

    @Test("without -E a worker tells of itself alone, until it is asked for more")
    func toggle() async throws {
        let app = try makeApp()
        let echo = try app.task("echo") { (n: Int) in n }
        try await withEvents(app) { (log: EventLog) async throws in
            try await withRemoteWorker(app) { (_: Worker) async throws in
                _ = try await app.send(echo(1)).get()
                #expect(try await app.ask("disable_events") == ["ok": "task events already disabled"])
                #expect(try await app.ask("enable_events") == ["ok": "task events enabled"])
                #expect(try await app.ask("enable_events") == ["ok": "task events already enabled"])
                let told = try await app.send(echo(2))
                try await log.next(.taskSucceeded, of: told.id)
                #expect(try await app.ask("disable_events") == ["ok": "task events disabled"])
                _ = try await app.send(echo(3)).get()
                #expect(Set(log.all.compactMap(\.taskID)) == [told.id])
            }
            #expect(Set(log.all.compactMap(\.taskID)).count == 1)
        }
        try await withRemoteWorker(app, remoteOptions { $0.sendsTaskEvents = true }) { (_: Worker) async throws in
            #expect(try await app.ask("enable_events") == ["ok": "task events already enabled"])
            #expect(try await app.ask("disable_events") == ["ok": "task events already disabled"])
        }
    }

    @Test("a worker tells that it comes, every two seconds that it lives, and that it goes")
    func heartbeat() async throws {
        let time = ManualTime()
        let app = try makeApp(time: time)
        try await withEvents(app) { (log: EventLog) async throws in
            let options = remoteOptions { $0.eventHeartbeat = .seconds(2) }
            try await withRemoteWorker(app, options) { (_: Worker) async throws in
                await log.until { !$0.isEmpty }
                while log.of(.workerHeartbeat).count < 3 { await time.advance(by: .seconds(2)) }
                #expect(try await app.ask("heartbeat") == .null)
                await log.until { $0.contains { $0.fields["freq"] == 5 } }
            }
            #expect(log.all.first?.kind == .workerOnline && log.all.last?.kind == .workerOffline)
            let beat = try #require(log.of(.workerHeartbeat).first)
            #expect(
                beat.fields.keys.sorted() == [
                    "active", "freq", "loadavg", "processed", "sw_ident", "sw_sys", "sw_ver",
                ])
            #expect(beat.fields["freq"] == 2.0 && beat.fields["sw_ident"] == "celeriac")
            #expect(beat.fields["loadavg"]?.arrayValue?.count == 3)
        }
    }

    @Test("where it is wanted, a sender tells of each call")
    func sent() async throws {
        let app = try makeApp { $0.sendsSentEvents = true }
        let add = try app.task("tasks.add") { (x: Int, y: Int) in x + y }
        try await withEvents(app) { (log: EventLog) async throws in
            let result = try await app.send(add(1, 2).with(CallOptions(queue: "emails", countdown: .seconds(5))))
            let sent = try await log.next(.taskSent, of: result.id)
            #expect(
                sent.fields == [
                    "uuid": .string(result.id.rawValue), "name": "tasks.add", "args": "(1, 2)", "kwargs": "{}",
                    "root_id": .string(result.id.rawValue), "parent_id": .null, "retries": 0,
                    "eta": "2026-01-01T00:00:05+00:00", "expires": .null, "queue": "emails", "exchange": "",
                    "routing_key": "emails",
                ])
            #expect(sent.node.hasPrefix("gen"))
        }
    }
}

struct WrongValue: PythonException {
    let text: String
    var exceptionType: String { "ValueError" }
    var exceptionArguments: [JSONValue] { [.string(text)] }
}
