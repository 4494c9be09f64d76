import CeleriacCore
import CeleriacRQWire
import Foundation
import Testing

@Suite("RQ's hashes, field by field")
struct RQJobTests {
    private func fields() throws -> RQFields {
        let document = try Fixture("enqueue-options", in: "rq").document
        return try RQFields(recorded: document["jobs"]?["my-job_1"])
    }

    @Test(
        "a field that cannot be read is refused by its name",
        arguments: [
            ("status", "weird"), ("created_at", "yesterday"), ("enqueued_at", "2026-13-01T00:00:00Z"),
            ("started_at", "1"),
            ("ended_at", "x"), ("last_heartbeat", "x"), ("timeout", "1h"), ("timeout", "1.5"), ("result_ttl", "x"),
            ("failure_ttl", "1e3"),
            ("ttl", "99999999999999999999"), ("retries_left", "x"), ("number_of_retries", "x"),
            ("retry_intervals", "[1,"),
            ("retry_intervals", "[-1]"), ("retry_intervals", "{}"), ("repeat_intervals", "[\"1\"]"),
            ("repeats_left", "?"),
            ("enqueue_at_front_on_retry", "yes"), ("dependency_ids", "[1]"), ("dependency_ids", "x"),
            ("allow_dependency_failures", "x"),
            ("enqueue_at_front", "x"), ("rate_limit_concurrency", "x"), ("success_callback_timeout", "x"),
        ])
    func namesField(name: String, value: String) throws {
        let fields = try fields().with(name, value)
        let error = try #require(throws: CeleriacError.self) { try RQJob(id: "j", fields: fields) }
        #expect(error.code == .malformedMessage)
        #expect(error.message.contains("the field \(name) of a job"), "\(error)")
    }

    @Test("bytes that are no text are refused by the field's name, in a description they are shown as they can be")
    func refusesBinary() throws {
        for name in [
            "origin", "status", "worker_name", "group_id", "rate_limit_key", "success_callback_name", "timeout",
            "dependency_id",
        ] {
            let fields = try fields().with(name, [0xFF, 0xFE])
            let error = try #require(throws: CeleriacError.self) { try RQJob(id: "j", fields: fields) }
            #expect(error.message.contains("the field \(name) of a job: it is not UTF-8"), "\(error)")
        }
        #expect(try RQJob(id: "j", fields: fields().with("description", [0xFF])).description == "\u{FFFD}")
    }

    @Test(
        "packed data that is cut short, goes on, or unpacks to more than the limit is refused; what is not packed is taken"
    )
    func boundsData() throws {
        let packed = try #require(try fields()["data"])
        for broken in [Array(packed.dropLast()), Array(packed.prefix(3)), packed + [0]] {
            let error = try #require(throws: CeleriacError.self) {
                try RQJob(id: "j", fields: fields().with("data", broken))
            }
            #expect(error.message.contains("the field data of a job: it is not a complete zlib stream"))
            let text = try #require(throws: CeleriacError.self) {
                try RQJob(id: "j", fields: fields().with("exc_info", broken))
            }
            #expect(text.message.contains("the field exc_info"))
        }
        let bomb = try RQJob(id: "j", data: [UInt8](repeating: 0x20, count: 3 << 20)).fields()
        #expect(bomb["data"]?.count ?? .max < 10_000)
        let error = try #require(throws: CeleriacError.self) { try RQJob(id: "j", fields: bomb) }
        #expect(
            error.code == .tooLarge
                && error.message.contains("the field data of a job: it decompresses to more than 1048576 bytes"))
        #expect(try RQJob(id: "j", fields: bomb, limits: MessageLimits(bodyBytes: 4 << 20)).data.count == 3 << 20)
        #expect(try RQJob(id: "j", fields: fields().with("data", "[\"f\", null, [], {}]")).call().task == "f")
        #expect(throws: CeleriacError.self) { try RQJob(id: "j", fields: fields().with("data", "")) }
    }

    @Test("a job without a queue, or in one that has no name here, says so")
    func namesQueue() throws {
        let missing = try RQJob(id: "j", fields: fields().with("origin", nil))
        #expect(try #require(throws: CeleriacError.self) { try missing.queue() }.message.contains("the field origin"))
        let odd = try RQJob(id: "j", fields: fields().with("origin", "two\nwords"))
        #expect(odd.origin == "two\nwords")
        #expect(try #require(throws: CeleriacError.self) { try odd.queue() }.code == .invalidName)
    }

    @Test("what is missing or empty is nil, and what is no field of RQ's is passed over")
    func isLenient() throws {
        let job = try RQJob(
            id: "j",
            fields: RQFields([.init("data", "x"), .init("status", ""), .init("timeout", ""), .init("more", "1")]))
        var plain = RQJob(id: "j", data: Array("x".utf8))
        #expect(job == plain)
        #expect(job.status == .created && job.timeout == nil)
        plain.createdAt = Date(timeIntervalSince1970: 0)
        #expect(try plain.fields()["created_at"] == Array("1970-01-01T00:00:00.000000Z".utf8))
        #expect(try plain.fields()["worker_name"] == [])
        let old = try RQJob(id: "j", fields: RQFields([.init("data", "x"), .init("dependency_id", "p")]))
        #expect(old.dependencyIDs == ["p"])
        let webhooks = RQFields([.init("data", "x"), .init("webhooks", #"[{"url":1}]"#)])
        #expect(try RQJob(id: "j", fields: webhooks).webhooks == [])
        #expect(RQSpan.unlimited.duration == nil && RQSpan(seconds: 5).duration == .seconds(5))
    }

    @Test("every field that is set comes back")
    func roundTrips() throws {
        var job = RQJob(id: "j", data: try RQCall.encode("tasks.add", EncodedArguments(args: [1, 2]), as: .pickle))
        let date = Date(timeIntervalSince1970: 1_767_225_600.000001)
        (job.createdAt, job.enqueuedAt, job.startedAt, job.endedAt) = (date, date + 1, date + 2, date + 3)
        (job.lastHeartbeat, job.status, job.origin, job.description) = (date + 4, .rateLimited, "q", "d")
        (job.timeout, job.resultTTL, job.failureTTL, job.ttl) = (
            .unlimited, .init(seconds: 0), .init(seconds: 2), .init(seconds: 3)
        )
        (job.workerName, job.groupID, job.meta) = (
            "w", "g", try RQSerializer.pickle.serialized(Array(#"{"a":1}"#.utf8))
        )
        job.successCallback = RQCallback("a.b", timeout: RQSpan(seconds: 5))
        job.failureCallback = RQCallback("a.c")
        job.stoppedCallback = RQCallback("a.d", timeout: RQSpan(seconds: 7))
        (job.retriesLeft, job.retryIntervals, job.isEnqueuedAtFrontOnRetry) = (
            2, [.seconds(1), .milliseconds(1500)], true
        )
        (job.numberOfRetries, job.repeatsLeft, job.repeatIntervals) = (1, 3, [])
        (job.dependencyIDs, job.allowsDependencyFailures, job.isEnqueuedAtFront) = (["p", "q"], true, false)
        job.webhooks = [
            RQWebhook(url: "http://h", on: .failed, method: "POST", headers: ["A": "b"], timeout: RQSpan(seconds: 3))
        ]
        (job.rateLimitKey, job.rateLimitConcurrency, job.exceptionText) = ("k", 4, "Traceback é")
        job.result = Array("5".utf8)
        let fields = try job.fields()
        #expect(try RQJob(id: "j", fields: fields) == job)
        #expect(fields["retry_intervals"] == Array("[1, 1.5]".utf8))
        #expect(fields["dependency_ids"] == Array(#"["p", "q"]"#.utf8))
        #expect(try job.fields(includesMeta: false)["meta"] == nil)
        #expect(try RQSerializer.pickle.json(of: job.meta ?? []) == Array(#"{"a":1}"#.utf8))
    }

    @Test(
        "a job that we make is the one that RQ makes of the same call",
        arguments: ["enqueue-json", "enqueue-pickle", "enqueue-kwargs-unicode"])
    func enqueuesAlike(name: String) throws {
        let hash = try #require(
            try Fixture(name, in: "rq").recordedHashes().hashes.first { $0.isOrdered && $0.has("data") })
        let recorded = try RQJob(id: "j", fields: hash.fields)
        let call = try recorded.call()
        let date = try #require(recorded.createdAt)
        var job = try RQJob(
            id: "j", calling: call.task, call.encodedArguments(), in: recorded.queue(),
            as: RQSerializer(detecting: recorded.data),
            at: date)
        #expect(job.enqueuedAt == date)
        job.enqueuedAt = recorded.enqueuedAt
        hash.expectSame(try job.fields(), "\(name)")
    }

    @Test("an id that RQ's clients could not fetch is refused", arguments: ["", "a b", "a:b", "é", "a/b"])
    func refusesIDs(id: String) throws {
        let error = try #require(throws: CeleriacError.self) {
            try RQJob(id: TaskID(id), calling: "t", .none, in: "q", as: .json, at: Date(timeIntervalSince1970: 0))
        }
        #expect(error.code == .invalidName)
    }

    @Test("a webhook is told what RQ tells it")
    func tellsWebhooks() throws {
        let document = try Fixture("webhooks", in: "rq").document
        let job = try RQJob(id: "wh1", fields: RQFields(recorded: document["job"]))
        #expect(job.webhooks.map(\.method) == ["POST", "POST", "GET"])
        let payload = job.webhooks[0].payload(of: job, task: try job.call().task)
        #expect(String(decoding: payload, as: UTF8.self) == document["requests"]?[0]?["body"]?.stringValue)
        let body = try #require(document["requests"]?[2]?["body"]?.stringValue)
        let told = try JSONValue(parsing: body)
        var failed = RQJob(id: "wh2", data: [])
        failed.enqueuedAt = told["enqueued_at"]?.stringValue.flatMap(RQTime.parse)
        failed.endedAt = told["ended_at"]?.stringValue.flatMap(RQTime.parse)
        let complaint = job.webhooks[1].payload(
            of: failed, task: "rqtasks.fail", exceptionText: told["exc_info"]?.stringValue)
        #expect(String(decoding: complaint, as: UTF8.self) == body)
    }

    @Test("results, executions and workers are refused by the field's name")
    func namesOtherFields() throws {
        for (fields, name) in [
            (["worker_name": "w"], "type"), (["type": "0"], "type"), (["type": "6"], "type"), (["type": "one"], "type"),
            (["type": "1", "return_value": "%"], "return_value"), (["type": "2", "exc_string": "eJw="], "exc_string"),
            (["type": "2", "exc_string": "!"], "exc_string"),
            (["type": "1", "execution_started_at": "x"], "execution_started_at"),
            (["type": "1", "execution_ended_at": "1e300"], "execution_ended_at"),
        ] as [([String: String], String)] {
            let fields = RQFields(fields.map { RQFields.Field($0.key, $0.value) })
            let error = try #require(throws: CeleriacError.self) { try RQResult(fields: fields) }
            #expect(error.message.contains("the field \(name) of a result"), "\(error)")
        }
        for name in ["birth", "pid", "failed_job_count", "total_working_time", "death", "shutdown_requested_date"] {
            for value in ["x", "-1e99"] {
                let fields = RQFields([.init(name, value)])
                let error = try #require(throws: CeleriacError.self) { try RQWorker(name: "w", fields: fields) }
                #expect(error.message.contains("the field \(name) of a worker"), "\(error)")
            }
        }
        let error = try #require(throws: CeleriacError.self) {
            try RQExecution(id: "e", jobID: "j", fields: RQFields())
        }
        #expect(error.message.contains("the field created_at of an execution"))
        let cron = RQFields([.init("cron_jobs", "[{}]")])
        #expect(throws: CeleriacError.self) { try RQCronScheduler(name: "c", fields: cron) }
        #expect(RQResult.createdAt(ofEntry: "1795336575299-0") == Date(timeIntervalSince1970: 1_795_336_575.299))
        for id in ["", "1", "x-0", "1-x", "1-2-3", "-1-0"] { #expect(RQResult.createdAt(ofEntry: id) == nil) }
        #expect(RQExecution.parse(member: "job:1")?.job == "job" && RQExecution.parse(member: "job:1")?.id == "1")
        for member in ["", "job", ":1", "job:"] { #expect(RQExecution.parse(member: member) == nil) }
    }

    @Test("a command that is unknown, has no id or is no object is refused")
    func refusesCommands() throws {
        func error(_ text: String) throws -> CeleriacError {
            try #require(throws: CeleriacError.self) { try RQCommand(payload: Array(text.utf8)) }
        }
        #expect(try error(#"{"command":"explode"}"#).code == .unsupported)
        #expect(try error(#"{"command":"stop-job"}"#).message.contains("job_id"))
        #expect(
            try error(#"{"command":"stop-execution","job_id":"j","execution_id":""}"#).message.contains("execution_id"))
        for text in ["", "[]", "{}", #"{"command":1}"#, "shutdown"] {
            #expect(try error(text).code == .malformedMessage)
        }
    }
}
