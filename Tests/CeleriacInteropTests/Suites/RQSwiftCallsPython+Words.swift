import Celeriac
import CeleriacCore
import CeleriacRQ
import Foundation
import Testing

/// What a queue is told in RQ's words: Python reads it, and stock workers do it.
extension Interop.RQ.SwiftCallsPython {
    var simple: Queue { app.queue("simple") }

    /// A job that runs until the gate is open.
    func held(_ id: TaskID? = nil, rateLimit: JobRateLimit? = nil) async throws -> (AsyncResult<JSONValue>, Gate) {
        let gate = scratch.gate()
        let job = try await simple.enqueue("rqtasks.hold", args: [.string(gate.path)], id: id, rateLimit: rateLimit)
        try await hasStarted(job.id)
        return (job, gate)
    }

    // MARK: Python reads

    @Test("Job.fetch shows all that Swift said of a job", .timeLimit(.minutes(15)))
    func fetched() async throws {
        let (parent, gate) = try await held()
        let said = try await simple.enqueue(
            "rqtasks.add", args: [1], kwargs: ["y": 2], id: "said-in-swift",
            dependsOn: JobDependencies([parent], allowFailure: true, enqueueAtFront: true),
            retry: JobRetry(max: 3, intervals: [.seconds(1), .seconds(5)], atFront: true),
            repeat: JobRepeat(times: 2, interval: .minutes(1)),
            onSuccess: JobCallback("rqtasks.succeeded", timeout: .seconds(9)),
            onFailure: JobCallback("rqtasks.gave_up"), group: "kitchen-of-swift",
            webhooks: [JobWebhook("http://127.0.0.1:9/", on: .failed, method: .post, headers: ["A": "b"])],
            meta: ["user": "Ada"], description: "two and one", timeout: .minutes(2), resultTTL: .minutes(10),
            ttl: .hours(1), failureTTL: .days(1))
        let seen = try await python(
            """
            job = fetch_job('said-in-swift')
            hook = job.webhooks[0]
            {
                'call': [job.func_name, list(job.args), job.kwargs], 'status': status(job), 'description': job.description,
                'depends_on': [job.dependency.id == '\(parent.id)', job.allow_dependency_failures, job.enqueue_at_front],
                'retry': [job.retries_left, job.retry_intervals, job.enqueue_at_front_on_retry],
                'repeat': [job.repeats_left, job.repeat_intervals],
                'on_success': [job.success_callback.__name__, job.success_callback_timeout],
                'on_failure': [job.failure_callback.__name__, job.failure_callback_timeout],
                'group': [job.group_id, [j.id for j in Group.fetch('kitchen-of-swift', redis).get_jobs()]],
                'webhook': [hook.url, hook.job_status, hook.method, hook.headers, hook.timeout],
                'meta': job.meta, 'times': [job.timeout, job.result_ttl, job.ttl, job.failure_ttl],
                'dependents': fetch_job('\(parent.id)').dependent_ids,
            }
            """)
        #expect(
            seen == [
                "call": ["rqtasks.add", [1], ["y": 2]], "status": "deferred", "description": "two and one",
                "depends_on": [true, true, true], "retry": [3, [1, 5], true], "repeat": [2, [60]],
                "on_success": ["succeeded", 9], "on_failure": ["gave_up", 60],
                "group": ["kitchen-of-swift", ["said-in-swift"]],
                "webhook": ["http://127.0.0.1:9/", "failed", "POST", ["A": "b"], 10], "meta": ["user": "Ada"],
                "times": [120, 600, 3600, 86_400], "dependents": ["said-in-swift"],
            ])
        try await said.job.delete()
        try gate.open()
        _ = try await parent.get(timeout: limit)
    }

    // MARK: Python does

    @Test("a stock worker starts a job of Swift's when what it depends on has finished", .timeLimit(.minutes(15)))
    func dependsOn() async throws {
        let (parent, gate) = try await held()
        let sum = try await simple.enqueue("rqtasks.add", args: [1, 1])
        let child = try await simple.enqueue("rqtasks.add", args: [2, 3], dependsOn: [parent, sum])
        #expect(try await child.job.status == .deferred)
        try gate.open()
        #expect(try await child.get(timeout: limit) == 5)
        #expect(try await parent.state == .success)
        #expect(try await sum.state == .success)
    }

    @Test("after a failed job one that allows it starts, be it enqueued before or after", .timeLimit(.minutes(15)))
    func allowFailure() async throws {
        let (blocker, gate) = try await held()
        let failing = try await simple.enqueue("rqtasks.fail", args: ["on purpose"])
        let tolerant = JobDependencies([failing], allowFailure: true)
        let before = try await simple.enqueue("rqtasks.add", args: [1, 1], dependsOn: tolerant)
        let plain = try await simple.enqueue("rqtasks.add", args: [1, 1], dependsOn: [failing])
        try gate.open()
        #expect(try await before.get(timeout: limit) == 2)
        let after = try await simple.enqueue("rqtasks.add", args: [1, 2], dependsOn: tolerant)
        #expect(try await after.get(timeout: limit) == 3)
        #expect(try await plain.job.status == .deferred)
        #expect(try await blocker.state == .success)
    }

    @Test("a stock worker retries a job of Swift's, at once and after its intervals", .timeLimit(.minutes(15)))
    func retried() async throws {
        let at = { (name: String) in JSONValue.string(scratch.path(name)) }
        let atOnce = try await simple.enqueue(
            "rqtasks.flaky", args: [at("words-retry-1"), 2], retry: JobRetry(max: 2))
        #expect(try await atOnce.get(timeout: limit) == 3)
        let later = try await app.queue("late").enqueue(
            "rqtasks.flaky", args: [at("words-retry-2"), 1], retry: JobRetry(max: 1, intervals: [.seconds(1)]))
        #expect(try await later.get(timeout: limit) == 2)
        #expect(try await later.job.refresh().retriesLeft == 0)
    }

    @Test("a stock worker repeats a job of Swift's, and each end is a result", .timeLimit(.minutes(15)))
    func repeated() async throws {
        let job = try await simple.enqueue(
            "rqtasks.note", args: [.string(scratch.path("words-repeat")), "x"], repeat: JobRepeat(times: 2)
        ).job
        try await waitUntil { try await job.results.count == 3 }
        #expect(try await job.results.map(\.returnValue) == [3, 2, 1])
    }

    @Test("a stock worker calls back for success and failure", .timeLimit(.minutes(15)))
    func calledBack() async throws {
        let good = try await simple.enqueue(
            "rqtasks.add", args: [20, 1], id: "words-good", onSuccess: JobCallback("rqtasks.succeeded"),
            onFailure: JobCallback("rqtasks.gave_up"))
        let bad = try await simple.enqueue(
            "rqtasks.fail", args: ["burnt"], id: "words-bad", onSuccess: JobCallback("rqtasks.succeeded"),
            onFailure: JobCallback("rqtasks.gave_up"))
        _ = try await good.get(timeout: limit)
        _ = try? await bad.get(timeout: limit)
        try await waitUntil { scratch.lines("journal").contains("gave up words-bad burnt") }
        let lines = scratch.lines("journal").filter { $0.contains("words-") }
        #expect(lines.sorted() == ["gave up words-bad burnt", "succeeded words-good 21"])
    }

    @Test("a stock worker keeps the rate limit of Swift's jobs", .timeLimit(.minutes(15)))
    func limited() async throws {
        let limit = JobRateLimit(key: "words", concurrency: 1)
        let (first, gate) = try await held(rateLimit: limit)
        let second = try await simple.enqueue("rqtasks.add", args: [1, 1], rateLimit: limit)
        #expect(try await second.job.status == .rateLimited)
        try gate.open()
        #expect(try await first.get(timeout: self.limit) == "released")
        #expect(try await second.get(timeout: self.limit) == 2)
    }

    @Test("a stock worker makes the webhooks of Swift's jobs", .timeLimit(.minutes(15)))
    func webhooks() async throws {
        let port = try await python(
            """
            import http.server, threading
            shared.heard = []
            class Ear(http.server.BaseHTTPRequestHandler):
                def do_POST(self):
                    shared.heard.append(json.loads(self.rfile.read(int(self.headers['Content-Length']))))
                    self.send_response(204)
                    self.end_headers()
                def log_message(self, *words):
                    pass
            server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Ear)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            server.server_port
            """)
        let url = "http://127.0.0.1:\(try #require(port.intValue))/done"
        let job = try await simple.enqueue(
            "rqtasks.add", args: [1, 1], id: "hooked",
            webhooks: [JobWebhook(url, on: .finished, method: .post), JobWebhook(url, on: .failed, method: .post)])
        #expect(try await job.get(timeout: limit) == 2)
        let heard = try await python("wait_until(lambda: shared.heard) and shared.heard")
        #expect(heard.arrayValue?.count == 1 && heard[0]?["job_id"] == "hooked")
        #expect(heard[0]?["status"] == "finished")
    }

    @Test("a unique job is refused on either side while the other's is there", .timeLimit(.minutes(15)))
    func unique() async throws {
        let (job, gate) = try await held("words-only")
        let error = await #expect(throws: CeleriacError.self) {
            try await simple.enqueue("rqtasks.add", args: [1, 1], id: "words-only", unique: true)
        }
        #expect(error?.code == .duplicateJob)
        try await expect(
            PythonCheck("refused", gives: "refused") {
                """
                try:
                    queue('simple').enqueue('rqtasks.add', 1, 1, job_id='words-only', unique=True)
                    told = 'taken'
                except DuplicateJobError:
                    told = 'refused'
                told
                """
            })
        try gate.open()
        _ = try await job.get(timeout: limit)
    }
}
