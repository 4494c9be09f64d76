import Celeriac
import CeleriacCore
import CeleriacRQ
import CeleriacRQWire
import Foundation
import Testing

extension Interop.RQ {
    /// A Swift client enqueues, stock RQ workers run Python functions by their dotted names.
    @Suite("A Swift client is answered by an RQ worker", .serialized)
    struct SwiftCallsPython: RQLive {
        func call(
            _ function: TaskName, _ args: [JSONValue] = [], _ kwargs: JSONObject = [:],
            _ options: CallOptions = CallOptions(), on queue: QueueName = "simple"
        ) async throws -> AsyncResult<JSONValue> {
            var options = options
            options.queue = queue
            return try await app.send(function, args: args, kwargs: kwargs, options: options)
        }

        /// Enqueues with all that RQ knows.
        func enqueue(
            _ id: TaskID, _ function: TaskName, _ args: [JSONValue] = [], on queue: QueueName = "simple",
            _ change: (inout RQEnqueueing) -> Void = { _ in }
        ) async throws -> AsyncResult<JSONValue> {
            let data = try RQCall.encode(function, EncodedArguments(args: args), as: .pickle)
            var job = RQEnqueueing(RQJob(id: id, data: data), to: queue)
            change(&job)
            try await store.enqueue([job])
            return AsyncResult(id: id, app: app)
        }

        func hasStarted(_ id: TaskID) async throws {
            try await waitUntil { try await AsyncResult<JSONValue>(id: id, app: app).state == .started }
        }
    }
}

extension Interop.RQ.SwiftCallsPython {
    // MARK: Values

    /// What Python makes of a file name that is not UTF-8.
    private static let surrogate =
        IllFormedString(bytes: Array("caf".utf8) + [0xED, 0xB3, 0xA9]).map(JSONValue.illFormedString) ?? .null

    @Test(
        "a value is to Python what it is to Swift", .timeLimit(.minutes(15)),
        arguments: [
            ("a whole number", 42, "42"), ("a double without fraction", 1.0, "1.0"), ("a negative zero", -0.0, "-0.0"),
            ("a big integer", .bigInteger("1208925819614629174706176"), "1208925819614629174706176"),
            ("null", nil, "None"), ("a boolean", true, "True"), ("text of any script", "grüße 日本", "'grüße 日本'"),
            (
                "two keys that Unicode calls equivalent", ["\u{C5}": 1, "\u{212B}": 2],
                "{'\u{C5}': 1, '\u{212B}': 2}"
            ), ("a lone surrogate", surrogate, #"'caf\udce9'"#),
            ("a list within an object", ["a": [1, [2.5]]], "{'a': [1, [2.5]]}"),
            ("a not-a-number", .double(.nan), "nan"), ("an infinity", .double(-.infinity), "-inf"),
            (
                "a tagged datetime", ["__type__": "datetime", "__value__": "2026-11-22T08:10:00+00:00"],
                "datetime.datetime(2026, 11, 22, 8, 10, tzinfo=datetime.timezone.utc)"
            ),
        ] as [(String, JSONValue, String)]
    )
    func value(_ name: String, _ value: JSONValue, _ repr: String) async throws {
        let seen = try await call("rqtasks.shown", [value], ["k": value]).get(timeout: limit)
        #expect(seen == [.string(repr), .string("k=\(repr)")], "\(name)")
    }

    @Test("Date, UUID, Decimal and Data are datetime, UUID, Decimal and bytes to Python", .timeLimit(.minutes(15)))
    func typedArguments() async throws {
        var arguments = EncodedArguments()
        arguments.append(Date(timeIntervalSince1970: 1_795_335_000.25))
        arguments.append(try #require(UUID(uuidString: "12345678-1234-5678-1234-567812345678")))
        arguments.append(try #require(Decimal(string: "19.99")))
        arguments.append(Data([0xFF, 0x00]))
        var options = CallOptions()
        options.queue = "simple"
        let seen = try await app.send(Signature<[String]>("rqtasks.shown", arguments, options: options)).get(
            timeout: limit)
        #expect(
            seen == [
                "datetime.datetime(2026, 11, 22, 8, 10, 0, 250000, tzinfo=datetime.timezone.utc)",
                "UUID('12345678-1234-5678-1234-567812345678')", "Decimal('19.99')", #"b'\xff\x00'"#,
            ])
    }

    @Test("a result is read as the type that it is", .timeLimit(.minutes(15)))
    func typedResult() async throws {
        struct Person: Codable, Hashable, Sendable { var name: String, age: Int, born: Date }
        let ada = Person(name: "Ada", age: 36, born: Date(timeIntervalSince1970: -4_861_382_400))
        var arguments = EncodedArguments()
        arguments.append(ada)
        var options = CallOptions()
        options.queue = "simple"
        let came = try await app.send(Signature<Person>("rqtasks.echo", arguments, options: options)).get(
            timeout: limit)
        #expect(came == ada)
    }

    @Test("a worker that forks answers too", .timeLimit(.minutes(15)))
    func forking() async throws {
        #expect(try await call("rqtasks.add", [2, 2], on: "python").get(timeout: limit) == 4)
    }

    // MARK: States

    @Test("a job's states are seen from waiting to the end", .timeLimit(.minutes(15)))
    func states() async throws {
        let gate = scratch.gate()
        let blocker = try await call("rqtasks.hold", [.string(gate.path)])
        try await hasStarted(blocker.id)
        let next = try await call("rqtasks.add", [1, 1])
        #expect(try await next.state == .pending)
        #expect(try await app.queue("simple").position(of: next.id) == 0)
        try gate.open()
        #expect(try await blocker.get(timeout: limit) == "released")
        #expect(try await next.get(timeout: limit) == 2)
        #expect(try await next.state == .success)
    }

    @Test("who ran it, and when, stands in the record", .timeLimit(.minutes(15)))
    func record() async throws {
        let sum = try await call("rqtasks.add", [1, 2])
        _ = try await sum.get(timeout: limit)
        let record = try #require(try await sum.record)
        #expect(record.worker == "simple" && record.task == "rqtasks.add" && record.queue == "simple")
        let (start, end) = (try #require(record.startedAt), try #require(record.at))
        #expect(start <= end && abs(end.timeIntervalSinceNow) < 60)
    }

    @Test("an exception of Python's is a failure of its type, with words and traceback", .timeLimit(.minutes(15)))
    func failure() async throws {
        let failed = try await call("rqtasks.fail", ["burnt"])
        let failure = await #expect(throws: TaskFailure.self) { try await failed.get(timeout: limit) }
        #expect(failure?.type == "KitchenError" && failure?.message == "burnt")
        #expect(failure?.traceback?.contains("rqtasks.py") == true)
    }

    @Test("a failed job is found among the dead letters, with its reason", .timeLimit(.minutes(15)))
    func deadLetter() async throws {
        let failed = try await call("rqtasks.fail", ["very dead"])
        _ = try? await failed.get(timeout: limit)
        let letter = try #require(try await store.deadLetter(of: failed.id))
        #expect(letter.reason.contains("very dead") && letter.queue == "simple")
    }

    @Test("a failed job that is requeued runs again in Python", .timeLimit(.minutes(15)))
    func requeue() async throws {
        let flaky = try await call("rqtasks.flaky", [.string(scratch.path("swift-requeue")), 1])
        _ = try? await flaky.get(timeout: limit)
        #expect(try await flaky.state == .failure)
        try await #require(try await app.job(flaky.id)).requeue()
        #expect(try await flaky.get(timeout: limit) == 2)
    }

    @Test("a function that Python does not have is a failure that names it", .timeLimit(.minutes(15)))
    func unknownFunction() async throws {
        let failed = try await call("rqtasks.nobody_knows")
        let failure = await #expect(throws: TaskFailure.self) { try await failed.get(timeout: limit) }
        #expect(failure.map { "\($0)".contains("nobody_knows") } == true)
    }

    @Test("a canceled job is never run by Python", .timeLimit(.minutes(15)))
    func cancel() async throws {
        let gate = scratch.gate()
        let blocker = try await call("rqtasks.hold", [.string(gate.path)])
        try await hasStarted(blocker.id)
        let canceled = try await call("rqtasks.note", [.string(scratch.path("never")), "ran"])
        try await #require(try await app.job(canceled.id)).cancel()
        let last = try await call("rqtasks.add", [1, 1])
        try gate.open()
        _ = try await last.get(timeout: limit)
        #expect(try await canceled.state == .revoked)
        #expect(scratch.lines("never").isEmpty)
    }

    @Test("revoke with terminate stops a job that Python runs", .timeLimit(.minutes(15)))
    func terminate() async throws {
        let held = try await call("rqtasks.hold", [.string(scratch.path("never-opened"))], on: "python")
        try await hasStarted(held.id)
        try await held.revoke(terminate: true)
        try await waitUntil { try await held.state == .revoked }
        #expect(try await python("status(fetch_job('\(held.id)'))") == "stopped")
        #expect(try await call("rqtasks.add", [1, 1], on: "python").get(timeout: limit) == 2)
    }

    // MARK: Options

    @Test(
        "time limit, expiry, group and description are RQ's timeout, ttl, group and description",
        .timeLimit(.minutes(15)))
    func options() async throws {
        var options = CallOptions()
        options.timeLimit = .seconds(99)
        options.expires = Date().addingTimeInterval(600)
        options.headers = ["meta": ["user": "Ada"]]
        let seen = try await call("rqtasks.about_job", [], [:], options).get(timeout: limit)
        #expect(seen["timeout"] == 99 && seen["meta"] == ["user": "Ada"] && seen["origin"] == "simple")
        #expect(seen["description"] == "rqtasks.about_job()")
        #expect((595...600).contains(try #require(seen["ttl"]?.intValue)))
    }

    @Test("a delayed job is started by Python's scheduler at its time", .timeLimit(.minutes(15)))
    func countdown() async throws {
        let due = Date().addingTimeInterval(1)
        var options = CallOptions()
        options.eta = due
        let later = try await call("rqtasks.add", [20, 1], [:], options, on: "late")
        #expect(try await later.get(timeout: limit) == 21)
        #expect(try #require(try await later.record?.startedAt) >= due)
    }

    @Test("a job at the front is run by Python before its peers", .timeLimit(.minutes(15)))
    func atFront() async throws {
        let (gate, order) = (scratch.gate(), JSONValue.string(scratch.path("front")))
        let blocker = try await call("rqtasks.hold", [.string(gate.path)])
        try await hasStarted(blocker.id)
        let last = try await call("rqtasks.note", [order, "last"])
        var options = CallOptions()
        options.atFront = true
        _ = try await call("rqtasks.note", [order, "first"], [:], options)
        try gate.open()
        _ = try await last.get(timeout: limit)
        #expect(scratch.lines("front") == ["first", "last"])
    }

    @Test("Python retries a job as often as Swift asked", .timeLimit(.minutes(15)))
    func retries() async throws {
        let path = JSONValue.string(scratch.path("retries"))
        let flaky = try await enqueue("retried", "rqtasks.flaky", [path, 2]) { $0.job.retriesLeft = 2 }
        #expect(try await flaky.get(timeout: limit) == 3)
        #expect(try await python("fetch_job('retried').retries_left") == 0)
    }

    @Test("a job that depends on another is started by Python when that has finished", .timeLimit(.minutes(15)))
    func dependency() async throws {
        let gate = scratch.gate()
        let parent = try await enqueue("parent", "rqtasks.hold", [.string(gate.path)])
        let child = try await enqueue("child", "rqtasks.add", [1, 5]) { $0.job.dependencyIDs = ["parent"] }
        #expect(try await python("status(fetch_job('child'))") == "deferred")
        try gate.open()
        #expect(try await child.get(timeout: limit) == 6)
        #expect(try await parent.state == .success)
    }

    @Test("Python repeats a job as often as Swift asked", .timeLimit(.minutes(15)))
    func repeats() async throws {
        _ = try await enqueue("repeated", "rqtasks.note", [.string(scratch.path("repeated")), "x"]) {
            $0.job.repeatsLeft = 2
        }
        try await waitUntil { scratch.lines("repeated").count == 3 }
        #expect(try await python("wait_until(lambda: field('repeated', 'repeats_left') == '0' and 'done')") == "done")
    }

    @Test("Python keeps the rate limit that Swift gave", .timeLimit(.minutes(15)))
    func rateLimit() async throws {
        let gate = scratch.gate()
        func limited(_ job: inout RQEnqueueing) { (job.job.rateLimitKey, job.job.rateLimitConcurrency) = ("pan", 1) }
        let first = try await enqueue("pan-1", "rqtasks.hold", [.string(gate.path)], limited)
        let second = try await enqueue("pan-2", "rqtasks.add", [1, 1], limited)
        #expect(try await python("status(fetch_job('pan-2'))") == "rate_limited")
        try gate.open()
        #expect(try await first.get(timeout: limit) == "released")
        #expect(try await second.get(timeout: limit) == 2)
    }

    @Test("Python's callbacks are called for a job of Swift's", .timeLimit(.minutes(15)))
    func callbacks() async throws {
        let done = try await enqueue("called-back", "rqtasks.add", [1, 1]) {
            $0.job.successCallback = RQCallback("rqtasks.succeeded")
        }
        #expect(try await done.get(timeout: limit) == 2)
        try await waitUntil { scratch.lines("journal").contains("succeeded called-back 2") }
        #expect(scratch.lines("journal").filter { $0.contains("called-back") }.count == 1)
    }

    @Test("many calls sent at once are all answered", .timeLimit(.minutes(15)))
    func many() async throws {
        let calls = (0..<100).map { Signature<Int>("rqtasks.add", EncodedArguments(args: [.integer($0), 1])) }
        let results = try await app.queue("simple").enqueueMany(calls)
        var sums: [Int] = []
        for result in results { sums.append(try await result.get(timeout: limit)) }
        #expect(sums == Array(1...100))
    }

    @Test("metadata that a Python function leaves is read in Swift", .timeLimit(.minutes(15)))
    func meta() async throws {
        let told = try await call("rqtasks.tell", ["from Python"])
        #expect(try await told.get(timeout: limit) == "from Python")
        #expect(try await app.job(told.id)?.meta == ["told": "from Python"])
    }

    @Test("Python's workers are listed with name, queues and counts", .timeLimit(.minutes(15)))
    func workers() async throws {
        _ = try await call("rqtasks.add", [1, 1]).get(timeout: limit)
        let workers = try await store.workers()
        let simple = try #require(workers.first { $0.name == "simple" })
        #expect(simple.queues == ["simple", "mixed"] && simple.processed > 0)
        #expect(workers.contains { $0.name == "swift@test" } && workers.contains { $0.name == "python" })
    }
}
