import CeleriacCore
import CeleriacTesting
import CeleriacRQWire
import Foundation
import RESPClient
import RedisUnderTest
import Testing

@testable import CeleriacRQ

/// RQ itself, as a program that a test runs against the suite's server, under a prefix.
enum PythonRQ {
    /// Runs a script with `connection`, a `queue` in the serializer named, and tasks that a worker finds.
    static func run(_ script: String, prefix: String, _ serializer: RQSerializer = .pickle) async throws -> String {
        let server = try #require(OneServer.current)
        return try await Python.run(
            whole: """
                import os, sys, json, time, types
                os.environ['RQ_KEY_PREFIX'] = '\(prefix)'
                from redis import Redis
                from rq import Queue, Retry, SimpleWorker, Worker
                from rq.job import Job
                from rq.registry import FailedJobRegistry, FinishedJobRegistry, StartedJobRegistry
                from rq.serializers import DefaultSerializer, JSONSerializer
                connection = Redis.from_url('\(server.url)')
                serializer = \(serializer == .json ? "JSONSerializer" : "DefaultSerializer")
                queue = Queue('default', connection=connection, serializer=serializer)
                tasks = types.ModuleType('tasks')
                def add(x, y, **named): return {'sum': x + y, **named}
                def fail(): raise ValueError('boom é')
                tasks.add, tasks.fail = add, fail
                sys.modules['tasks'] = tasks
                def fetch(id): return Job.fetch(id, connection=connection, serializer=serializer)
                def work(): SimpleWorker([queue], connection=connection, serializer=serializer).work(burst=True)


                """ + script)
    }
}

@Suite(
    "Python's RQ and we understand each other", .oneServer, .serialized, .enabled(if: Python.isThere),
    .timeLimit(.minutes(15)))
struct RQPythonTests {
    @Test("Python enqueues, we work, Python reads", arguments: RQSerializer.allCases)
    func pythonAsks(serializer: RQSerializer) async throws {
        let store = try RQStores.inRealTime()
        _ = try await PythonRQ.run(
            """
            queue.enqueue('tasks.add', 2, 3, job_id='good', k=[1, None, 'é'], meta={'user': 7})
            queue.enqueue('tasks.fail', job_id='bad')
            """, prefix: store.keys.prefix, serializer)
        try await store.consume { consumer in
            let claimed = try await consumer.claim(10, from: "default")
            #expect(claimed.map(\.id) == ["good", "bad"])
            let body = try JSONValue(parsing: claimed[0].envelope.body)
            #expect(body[0] == [2, 3])
            #expect(body[1] == ["k": [1, nil, "é"]])
            #expect(claimed[0].envelope.headers.extra["meta"] == ["user": 7])
            let now = store.time.now
            let failure = TaskFailure(type: "SMTPError", module: "Mail", message: "greylisted é")
            let lost = try await store.complete([
                Completion(
                    receipt: claimed[0].receipt, settlement: .ack,
                    change: .ended(
                        "good", .success, result: #"{"sum":5,"k":[1,null,"é",2.5]}"#, at: now,
                        expires: now.adding(.seconds(500)))),
                Completion(
                    receipt: claimed[1].receipt, settlement: .deadLetter(reason: "\(failure)"),
                    change: .ended("bad", .failure, failure: failure, at: now)),
            ])
            #expect(lost.isEmpty)
        }
        let seen = try await PythonRQ.run(
            """
            good, bad = fetch('good'), fetch('bad')
            print(json.dumps([good.return_value(), good.get_status(), good.is_finished, good.worker_name is not None,
                good.ended_at >= good.started_at, good.latest_result().execution_id is not None]))
            print(json.dumps([bad.get_status(), bad.latest_result().exc_string, bad.return_value()]))
            print(FinishedJobRegistry(queue=queue).get_job_ids(), FailedJobRegistry(queue=queue).get_job_ids(),
                StartedJobRegistry(queue=queue).count, queue.count)
            """, prefix: store.keys.prefix, serializer
        ).split(separator: "\n").map(String.init)
        #expect(
            try JSONValue(parsing: seen[0]) == [
                ["sum": 5, "k": [1, nil, "é", 2.5]], "finished", true, true, true, true,
            ])
        #expect(try JSONValue(parsing: seen[1]) == ["failed", "Mail.SMTPError: greylisted é", nil])
        #expect(seen[2] == "['good'] ['bad'] 0 0")
        await store.close()
    }

    @Test("we enqueue, Python works, we read, and hear of it at once", arguments: RQSerializer.allCases)
    func weAsk(serializer: RQSerializer) async throws {
        let store = try RQStores.inRealTime { $0.serializer = serializer }
        let body = #"[[2,3],{"named":{"a":[1,null,"é"]}},{"callbacks":null,"errbacks":null,"chain":null,"chord":null}]"#
        let add = Envelope(headers: MessageHeaders(id: "good", task: "tasks.add"), body: Array(body.utf8))
        let fail = Envelope(headers: MessageHeaders(id: "bad", task: "tasks.fail"), body: Array("[[],{},{}]".utf8))
        try await store.publish([Publication(add, to: "default"), Publication(fail, to: "default")])
        let pending = try await store.record(of: "good")
        #expect(pending?.state == .pending)
        async let next = ended("good", in: store)
        _ = try await PythonRQ.run("work()", prefix: store.keys.prefix, serializer)
        let good = try #require(try await next)
        #expect(good.state == .success)
        #expect(try JSONValue(parsing: good.result ?? []) == ["sum": 5, "named": ["a": [1, nil, "é"]]])
        #expect(good.task == "tasks.add")
        let bad = try #require(try await store.record(of: "bad"))
        #expect(bad.state == .failure)
        #expect(bad.failure?.type == "ValueError")
        #expect(bad.failure?.message == "boom é")
        #expect(bad.failure?.traceback?.hasPrefix("Traceback") == true)
        let letter = try #require(try await store.deadLetter(of: "bad"))
        #expect(letter.reason == "ValueError: boom é")
        #expect(letter.envelope.task == "tasks.fail")
        await store.close()
    }

    @Test("Python's maintenance leaves what we hold and renew, and lists us as a worker")
    func maintenance() async throws {
        let store = try RQStores.inRealTime()
        var status = WorkerStatus(
            name: "swift.1@host", host: "host", pid: 4711, startedAt: store.time.now, lastBeat: store.time.now,
            expires: store.time.now.adding(.seconds(60)))
        status.queues = ["default"]
        try await store.beat(status)
        _ = try await PythonRQ.run("queue.enqueue('tasks.add', 1, 1, job_id='a')", prefix: store.keys.prefix)
        try await store.consume { consumer in
            let delivery = try await consumer.claimOne(from: "default")
            #expect(try await consumer.extendLeases([delivery.receipt], by: .seconds(60)).isEmpty)
            let seen = try await PythonRQ.run(
                """
                registry = StartedJobRegistry(queue=queue)
                registry.cleanup()
                worker = Worker.all(connection=connection)[0]
                print(fetch('a').get_status().value, registry.get_job_ids(), fetch('a').get_executions()[0].job_id,
                    worker.name, worker.get_state(), worker.queue_names(), worker.hostname, worker.pid)
                """, prefix: store.keys.prefix)
            #expect(seen == "started ['a'] a swift.1@host busy ['default'] host 4711")
            let done = Completion(
                receipt: delivery.receipt, settlement: .ack,
                change: .ended("a", .success, result: "2", at: store.time.now))
            #expect(try await store.complete([done]).isEmpty)
        }
        let url = try #require(OneServer.current).url
        let info = try await PythonRQ.run(
            """
            import subprocess
            command = [sys.executable, '-m', 'rq.cli', 'info', '--raw', '-u', '\(url)']
            print(subprocess.run(command, capture_output=True, text=True).stdout)
            """, prefix: store.keys.prefix)
        #expect(info.contains("queue default 0, 0 executing, 1 finished, 0 failed"), "\(info)")
        #expect(info.contains("jobs: 1 finished, 0 failed"), "\(info)")
        await store.close()
    }

    @Test("a job that waits for one of ours starts in Python, and one of Python's that failed is requeued")
    func dependents() async throws {
        let store = try RQStores.inRealTime()
        _ = try await PythonRQ.run(
            """
            parent = queue.enqueue('tasks.add', 1, 1, job_id='parent')
            queue.enqueue('tasks.add', 2, 2, job_id='child', depends_on=parent)
            """, prefix: store.keys.prefix)
        try await store.consume { consumer in
            let claimed = try await consumer.claim(10, from: "default")
            #expect(claimed.map(\.id) == ["parent"])
            let change = StateChange.ended("parent", .success, result: "2", at: store.time.now)
            _ = try await store.complete([Completion(receipt: claimed[0].receipt, settlement: .ack, change: change)])
        }
        let seen = try await PythonRQ.run(
            """
            work()
            print(fetch('child').return_value(), fetch('child').get_status().value, queue.deferred_job_registry.count)
            """, prefix: store.keys.prefix)
        #expect(seen.hasSuffix("{'sum': 4} finished 0"), "\(seen)")
        _ = try await PythonRQ.run("queue.enqueue('tasks.fail', job_id='bad'); work()", prefix: store.keys.prefix)
        #expect(try await store.requeue(["bad"]) == ["bad"])
        let again = try await PythonRQ.run(
            "print(fetch('bad').get_status().value, queue.job_ids, queue.failed_job_registry.count)",
            prefix: store.keys.prefix)
        #expect(again == "queued ['bad'] 0")
        await store.close()
    }

    @Test("Python's commands reach us, and what was stopped is stopped for Python")
    func commands() async throws {
        let store = try RQStores.inRealTime { $0.workerName = "swift" }
        let (heard, teller) = AsyncStream.makeStream(of: RQCommand.self)
        let (listening, ready) = AsyncStream.makeStream(of: Void.self)
        let ear = Task {
            try await store.serveCommands(as: "swift", isListening: { ready.yield() }) { teller.yield($0) }
        }
        for await _ in listening { break }
        _ = try await PythonRQ.run("queue.enqueue('tasks.add', 1, 1, job_id='a')", prefix: store.keys.prefix)
        try await store.consume { consumer in
            let delivery = try await consumer.claimOne(from: "default")
            _ = try await PythonRQ.run(
                """
                from rq.command import send_shutdown_command, send_stop_job_command
                send_stop_job_command(connection, 'a')
                connection.publish('\(store.keys.commands(for: "swift"))', 'nonsense')
                send_shutdown_command(connection, 'swift')
                """, prefix: store.keys.prefix)
            var commands: [RQCommand] = []
            for await command in heard {
                commands.append(command)
                if commands.count == 2 { break }
            }
            #expect(commands == [.stopJob("a"), .shutdown])
            let change = StateChange.ended("a", .revoked, at: store.time.now)
            _ = try await store.complete([Completion(receipt: delivery.receipt, settlement: .ack, change: change)])
        }
        let seen = try await PythonRQ.run(
            "job = fetch('a'); print(job.is_stopped, job.latest_result().exc_string, queue.failed_job_registry.count)",
            prefix: store.keys.prefix)
        #expect(seen == "True Job stopped by user, work-horse terminated. 1")
        #expect(try await store.record(of: "a")?.state == .revoked)
        ear.cancel()
        await store.close()
    }

    @Test("Python cancels, schedules and locks, and we go by it")
    func cancelsAndLocks() async throws {
        let store = try RQStores.inRealTime()
        let seen = try await PythonRQ.run(
            """
            from datetime import timedelta
            from rq.scheduler import RQScheduler
            queue.enqueue('tasks.add', 1, 1, job_id='canceled').cancel()
            queue.enqueue_in(timedelta(seconds=-5), 'tasks.add', 1, 1, job_id='due')
            scheduler = RQScheduler([queue], connection=connection)
            print(scheduler.acquire_locks())
            """, prefix: store.keys.prefix)
        #expect(seen.hasSuffix("{'default'}"), "\(seen)")
        #expect(try await store.record(of: "canceled")?.state == .revoked)
        let claimed = try await store.consume { try await $0.claim(10, from: "default").map(\.id) }
        #expect(claimed == [])
        try await store.raw("DEL", store.keys.schedulerLock("default"))
        let after = try await store.consume { try await $0.claim(10, from: "default").map(\.id) }
        #expect(after == ["due"])
        let other = try await PythonRQ.run(
            """
            from rq.scheduler import RQScheduler
            print(RQScheduler([queue], connection=connection).acquire_locks())
            """, prefix: store.keys.prefix)
        #expect(other.hasSuffix("set()"), "\(other)")
        await store.close()
    }

    @Test("Python's worker and two of ours share a queue, and each job runs once")
    func shared() async throws {
        let store = try RQStores.inRealTime()
        let other = try RQStores.inRealTime(prefix: store.keys.prefix)
        let body = Array(#"[[2,3],{},{"callbacks":null,"errbacks":null,"chain":null,"chord":null}]"#.utf8)
        let ids = (0..<300).map { TaskID("job-\($0)") }
        let calls = ids.map { id in
            Publication(Envelope(headers: MessageHeaders(id: id, task: "tasks.add"), body: body), to: "default")
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = try await PythonRQ.run("work()", prefix: store.keys.prefix) }
            try await store.publish(calls)
            for each in [store, other] { group.addTask { try await work(off: each) } }
            try await group.waitForAll()
        }
        for id in ids {
            #expect(try await store.status(of: id) == "finished")
            #expect(try await store.raw("XLEN", store.keys.results(of: id)).integer == 1)
        }
        #expect(try await store.raw("ZCARD", store.keys.finished("default")).integer == 300)
        #expect(
            try await store.raw("EXISTS", store.keys.started("default"), store.keys.intermediate("default")).integer
                == 0)
        await store.close()
        await other.close()
    }

    /// Claims and ends what there is, a few at a time.
    private func work(off store: RQStore) async throws {
        try await store.consume { consumer in
            while true {
                let claimed = try await consumer.claim(3, from: "default")
                guard !claimed.isEmpty else { return }
                let now = store.time.now
                let ends = claimed.map { delivery in
                    Completion(
                        receipt: delivery.receipt, settlement: .ack,
                        change: .ended(
                            delivery.id, .success, result: #"{"sum":5}"#, at: now, expires: now.adding(.minutes(10))))
                }
                #expect(try await store.complete(ends).isEmpty)
            }
        }
    }

    private func ended(_ id: TaskID, in store: RQStore) async throws -> TaskRecord? {
        var seen = try await store.record(of: id)
        while seen?.state.isTerminal != true { seen = try await store.nextRecord(of: id, after: seen) }
        return seen
    }
}
