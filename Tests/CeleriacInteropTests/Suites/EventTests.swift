import Celeriac
import CeleriacCore
import Foundation
import Synchronization
import TestKit
import Testing

extension Interop {
    /// Events both ways: Celery's receiver and state on a Swift worker, ours on a Python worker.
    @Suite(
        "Events",
        .fleet { plan in
            plan.options = "?track_started=true"
            plan.swiftWorkers = [
                { try SwiftWorker(redis: $0, sendsEvents: true, scratch: $1) },
                { try SwiftWorker("quiet", redis: $0, queues: ["quiet"], scratch: $1) },
            ]
            plan.pythonWorkers = [{ try PythonWorker(redis: $0, queues: ["python"], scratch: $1) }]
        }
    )
    struct Events: Live {}
}

extension Interop.Events {
    private var names: [String: String] {
        ["node": fleet.swiftNode, "quiet": fleet.swiftWorkers.last?.node ?? "", "python": fleet.pythonNode]
    }

    @Test("Celery's receiver", .timeLimit(.minutes(15)), arguments: received)
    func receives(_ check: PythonCheck) async throws {
        try await python("shared.watch = getattr(shared, 'watch', None) or EventWatch(app)")
        try await expect(check, names)
    }

    @Test("a Swift worker's clock follows the events of other workers", .timeLimit(.minutes(15)))
    func gossip() async throws {
        let seen = try await python(
            """
            app.clock.value = 5_000_000
            with app.connection_for_write() as connection:
                dispatcher = app.events.Dispatcher(connection, hostname='far@away', enabled=True)
                dispatcher.send('worker-heartbeat', freq=2.0, active=0, processed=0, loadavg=[0, 0, 0])
            def clock():
                told = app.control.inspect(['\(fleet.swiftNode)'], timeout=5).clock()
                return told and told['\(fleet.swiftNode)']['clock'] > 5_000_000
            wait_until(clock)
            """)
        #expect(seen == true)
    }

    static let received: [PythonCheck] = [
        PythonCheck("sees a Swift worker alive, by its heartbeats") {
            """
            wait_until(lambda: '$node' in shared.watch.state.workers and shared.watch.state.workers['$node'].alive)
            worker = shared.watch.state.workers['$node']
            told = [bool(worker.sw_ident), bool(worker.sw_ver), worker.freq > 0, len(worker.loadavg), isinstance(worker.pid, int)]
            told == [True, True, True, 3, True] or told
            """
        },
        PythonCheck(
            "sees received, started and succeeded of a call, in this order",
            gives: ["task-received", "task-started", "task-succeeded"]
        ) {
            """
            good = swift.add.delay(2, 3)
            good.get(timeout=20)
            wait_until(lambda: 'task-succeeded' in shared.watch.kinds(good.id))
            shared.watch.kinds(good.id)
            """
        },
        PythonCheck("builds a task of them with name, arguments, result, runtime and worker") {
            """
            good = swift.add.delay(20, 3)
            good.get(timeout=20)
            task = wait_until(lambda: (t := shared.watch.state.tasks.get(good.id)) and t.state == 'SUCCESS' and t)
            told = [task.name, task.args, task.kwargs, task.result, task.runtime >= 0, task.worker.hostname, task.retries]
            told == ['swift.add', '(20, 3)', '{}', '23', True, '$node', 0] or told
            """
        },
        PythonCheck("sees a failure with exception and name") {
            """
            bad = swift.fail.delay('burnt')
            raised(bad)
            event = wait_until(lambda: [e for e in shared.watch.of(bad.id) if e['type'] == 'task-failed'])[0]
            told = event['traceback'].endswith('KitchenError: burnt\\n')
            told and 'KitchenError' in event['exception'] and 'burnt' in event['exception'] and event['hostname'] == '$node' or event
            """
        },
        PythonCheck("sees a retry, and then the success", gives: ["task-retried", "task-succeeded"]) {
            """
            again = swift.flaky.delay(failures=1)
            again.get(timeout=20)
            wait_until(lambda: 'task-succeeded' in shared.watch.kinds(again.id))
            [kind for kind in shared.watch.kinds(again.id) if kind in ('task-retried', 'task-succeeded')]
            """
        },
        PythonCheck("sees a revoked call that never started", gives: [false, false]) {
            """
            gone = swift.add.apply_async((1, 1), countdown=0.4)
            control.revoke(gone.id)
            event = wait_until(lambda: [e for e in shared.watch.of(gone.id) if e['type'] == 'task-revoked'])[0]
            [event['terminated'], event['expired']]
            """
        },
        PythonCheck("sees an expired call as revoked and expired", gives: true) {
            """
            gone = swift.add.apply_async((1, 1), expires=-1)
            wait_until(lambda: [e for e in shared.watch.of(gone.id) if e['type'] == 'task-revoked'])[0]['expired']
            """
        },
        PythonCheck("sees a terminated call", gives: true) {
            """
            held = swift.hold.delay(scratch('never'))
            wait_until(lambda: 'task-started' in shared.watch.kinds(held.id))
            held.revoke(terminate=True)
            wait_until(lambda: [e for e in shared.watch.of(held.id) if e['type'] == 'task-revoked'])[0]['terminated']
            """
        },
        PythonCheck("sees an unknown task fail") {
            """
            unknown = app.send_task('swift.no_such_task')
            event = wait_until(lambda: [e for e in shared.watch.of(unknown.id) if e['type'] == 'task-failed'])[0]
            'NotRegistered' in event['exception'] or event
            """
        },
        PythonCheck("finds clock, timestamp, utcoffset and pid in every event") {
            """
            swift.add.delay(1, 1).get(timeout=20)
            events = [e for e in shared.watch.events if e['hostname'] == '$node']
            bad = [e for e in events if not (isinstance(e['clock'], int) and abs(e['timestamp'] - time.time()) < 300
                                             and isinstance(e['utcoffset'], (int, float)) and isinstance(e['pid'], int))]
            (len(events) > 0 and not bad) or bad
            """
        },
        PythonCheck("finds the clock of a worker growing from event to event") {
            """
            swift.add.delay(1, 1).get(timeout=20)
            clocks = [e['clock'] for e in shared.watch.events if e['hostname'] == '$node']
            clocks == sorted(clocks) and len(set(clocks)) == len(clocks) or clocks
            """
        },
        PythonCheck(
            "gets no task events of a worker without them, until they are enabled, and then until they are disabled"
        ) {
            """
            def seen():
                one = swift.add.apply_async((1, 1), queue='quiet')
                one.get(timeout=20)
                marker = swift.add.delay(1, 1)
                wait_until(lambda: 'task-succeeded' in shared.watch.kinds(marker.id) or marker.ready() and time.sleep(0.3) is None)
                return bool(shared.watch.kinds(one.id))
            before = seen()
            on = control.enable_events(reply=True, destination=['$quiet'], timeout=10)[0]['$quiet']['ok']
            again = control.enable_events(reply=True, destination=['$quiet'], timeout=10)[0]['$quiet']['ok']
            one = swift.add.apply_async((1, 1), queue='quiet')
            wait_until(lambda: 'task-succeeded' in shared.watch.kinds(one.id))
            off = control.disable_events(reply=True, destination=['$quiet'], timeout=10)[0]['$quiet']['ok']
            after = seen()
            told = [before, on, again, off, after]
            told == [False, 'task events enabled', 'task events already enabled', 'task events disabled', False] or told
            """
        },
        PythonCheck("sees the heartbeat that it asked for") {
            """
            before = len(shared.watch.from_node('$quiet', 'worker-heartbeat'))
            control.broadcast('heartbeat', destination=['$quiet'])
            wait_until(lambda: len(shared.watch.from_node('$quiet', 'worker-heartbeat')) > before) is not None
            """
        },
        PythonCheck("sees a shadow name instead of the task's", gives: "other.name") {
            """
            one = swift.add.apply_async((1, 1), shadow='other.name')
            wait_until(lambda: [e for e in shared.watch.of(one.id) if e['type'] == 'task-received'])[0]['name']
            """
        },
    ]

    @Test("Celery's receiver sees a Swift worker come and go", .timeLimit(.minutes(15)))
    func comesAndGoes() async throws {
        try await python("shared.watch = getattr(shared, 'watch', None) or EventWatch(app)")
        let guest = try await SwiftWorker("guest", redis: fleet.url, queues: ["guest"], scratch: scratch).ready()
        defer { guest.process.kill() }
        try await python("wait_until(lambda: shared.watch.from_node('\(guest.node)', 'worker-online'))")
        try await python("control.shutdown(destination=['\(guest.node)'])")
        try await python("wait_until(lambda: shared.watch.from_node('\(guest.node)', 'worker-offline'))")
    }

    @Test("`celery events --dump` prints a Swift worker's events", .timeLimit(.minutes(15)))
    func dumpProgram() async throws {
        let dump = try ChildProcess(
            "events-dump", Places.python, ["-m", "celery", "-A", "tasks", "events", "--dump"],
            environment: PythonWorker.environment(redis: fleet.url, settings: [:], scratch), in: scratch.folder
        )
        defer { dump.kill() }
        let node = fleet.swiftNode
        try await dump.wait { lines in lines.contains { $0.contains(node) && $0.contains("heartbeat") } }
    }

    // MARK: Ours on a Python worker

    /// Collects what comes until the condition holds for all of it.
    private func events(
        while action: @escaping @Sendable () async throws -> Void,
        until condition: ([MonitorEvent]) -> Bool
    ) async throws -> [MonitorEvent] {
        let (listening, told) = AsyncStream<Void>.makeStream()
        let events = try app.events { told.yield() }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in listening { break }
                try await action()
            }
            var seen: [MonitorEvent] = []
            for try await event in events {
                seen.append(event)
                if condition(seen) { break }
            }
            group.cancelAll()
            return seen
        }
    }

    @Test("a Swift consumer sees a Python worker's heartbeats", .timeLimit(.minutes(15)))
    func pythonHeartbeat() async throws {
        let node = fleet.pythonNode
        let seen = try await events {
        } until: { events in
            events.contains { $0.node == node && $0.kind == .workerHeartbeat }
        }
        let beat = try #require(seen.last { $0.node == node && $0.kind == .workerHeartbeat })
        #expect(beat.fields["sw_ident"] == "py-celery" && beat.pid > 0 && beat.clock > 0)
        #expect(abs(beat.at.timeIntervalSinceNow) < 300)
    }

    @Test("a Swift consumer follows a call through a Python worker", .timeLimit(.minutes(15)))
    func pythonCall() async throws {
        let app = app
        let id: TaskID = "followed-through-python"
        let seen = try await events {
            try await app.send("py.add", args: [2, 3], options: CallOptions(id: id, queue: "python"))
        } until: { events in
            events.contains { $0.taskID == id && $0.kind == .taskSucceeded }
        }
        let mine = seen.filter { $0.taskID == id }
        #expect(mine.map(\.kind) == [.taskReceived, .taskStarted, .taskSucceeded])
        #expect(mine.first?.fields["name"] == "py.add" && mine.first?.fields["args"] == "(2, 3)")
        #expect(mine.last?.fields["result"] == "5")
    }

    @Test("a Swift consumer sees a Python task fail", .timeLimit(.minutes(15)))
    func pythonFailure() async throws {
        let app = app
        let id: TaskID = "failing-in-python"
        let seen = try await events {
            try await app.send("py.fail", args: ["ValueError", "bad"], options: CallOptions(id: id, queue: "python"))
        } until: { events in
            events.contains { $0.taskID == id && $0.kind == .taskFailed }
        }
        #expect(seen.last?.fields["exception"] == "ValueError('bad')")
    }

    @Test("`celeriac events --json` streams both workers' events", .timeLimit(.minutes(15)))
    func eventsProgram() async throws {
        let stream = try ChildProcess(
            "celeriac-events", builtProgram("celeriac"), ["events", "--json"],
            environment: ["CELERIAC_BROKER_URL": fleet.url], in: scratch.folder
        )
        defer { stream.kill() }
        for node in [fleet.swiftNode, fleet.pythonNode] {
            try await stream.wait { lines in lines.contains { $0.contains(node) && $0.contains("worker-heartbeat") } }
        }
        #expect(stream.lines.allSatisfy { (try? JSONValue(parsing: $0)) != nil })
    }

    // MARK: Mingle

    @Test("a Python worker that starts learns what a Swift worker knows as revoked", .timeLimit(.minutes(15)))
    func mingleOfPython() async throws {
        try await python("control.revoke('known-to-swift', reply=True, destination=['\(fleet.swiftNode)'], timeout=10)")
        let guest = try await PythonWorker(
            "mingler", redis: fleet.url, queues: ["mingler"], scratch: scratch
        ).ready()
        defer { guest.process.kill() }
        let revoked = try await app.inspect(to: [guest.node], timeout: .seconds(10)).revoked().first?.get()
        #expect(revoked?.contains("known-to-swift") == true)
    }

    @Test("a Swift worker that starts learns what a Python worker knows as revoked", .timeLimit(.minutes(15)))
    func mingleOfSwift() async throws {
        try await app.control(to: [fleet.pythonNode], timeout: .seconds(10)).revoke(["known-to-python"])
        let guest = try await SwiftWorker(
            "mingler", redis: fleet.url, queues: ["mingler"], scratch: scratch
        ).ready()
        defer { guest.process.kill() }
        try await waitUntil {
            try await app.inspect(to: [guest.node], timeout: .seconds(10)).revoked().first?.get().contains(
                "known-to-python") == true
        }
    }
}
