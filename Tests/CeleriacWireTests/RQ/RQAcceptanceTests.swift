import CeleriacCore
import CeleriacRQWire
import Foundation
import Testing

/// What we write, read by the real RQ and the real pickle; and the other way round.
@Suite("Python's RQ reads what we write", .serialized, .enabled(if: PythonPeer.isThere), .timeLimit(.minutes(15)))
struct RQAcceptanceTests {
    private let date = Date(timeIntervalSince1970: 1_767_225_600.123456)

    private func read(_ name: String, _ values: [JSONValue]) async throws -> [JSONValue] {
        let told = try await PythonPeer.read([JSONKey(name): .array(values)], by: "accept_rq.py")
        return try #require(told[name]?.arrayValue)
    }

    private func base64(_ bytes: [UInt8]) -> JSONValue { .string(Data(bytes).base64EncodedString()) }

    private func object(_ fields: RQFields) -> JSONValue {
        .object(Dictionary(uniqueKeysWithValues: fields.fields.map { (JSONKey($0.name), base64($0.value)) }))
    }

    // MARK: Pickles

    @Test("pickle loads our pickles as the same values, and writes them again as we did")
    func readsPickles() async throws {
        var random = Generator(seed: 20_261_126)
        let values = (0..<400).map { _ in random.pickleValue(depth: 3) }
        let read = try await read("pickles", values.map { base64(Pickle.encode($0)) })
        #expect(read.count == 400)
        for (value, told) in zip(values, read) {
            let expected = try JSONValue(parsing: value.json()).text
            #expect(try JSONValue(parsing: told["json"]?.stringValue ?? "").text == expected)
            #expect(told["again"] == base64(Pickle.encode(value)))
        }
    }

    @Test("what pickle writes of any value, in every protocol, we read as the same")
    func readsDumps() async throws {
        let made = try await read("dumps", (0..<400).map { .integer($0) })
        var count = 0
        for value in made {
            let expected = try JSONValue(parsing: value["json"]?.stringValue ?? "").text
            for text in try #require(value["pickles"]?.arrayValue) {
                let pickle = [UInt8](try #require(Data(base64Encoded: text.stringValue ?? "?")))
                #expect(try JSONValue(parsing: Pickle.decode(pickle).json()).text == expected)
                count += 1
            }
        }
        #expect(count == 2400)
    }

    // MARK: Jobs

    private var arguments: EncodedArguments {
        var arguments = EncodedArguments(args: [1, 2.5, "é, \"🎉\": \u{7F}", nil, [true, []], ["k": [:]]])
        arguments.set("width", 1)
        arguments.set("name", "x")
        return arguments
    }

    private func job(_ serializer: RQSerializer) throws -> RQJob {
        var job = RQJob(id: "j1", data: try RQCall.encode("tasks.add", arguments, as: serializer))
        (job.createdAt, job.enqueuedAt, job.startedAt, job.endedAt) = (date, date + 1, date + 2.5, date + 3)
        (job.lastHeartbeat, job.status, job.origin, job.description) = (date + 4, .rateLimited, "q", "dé")
        (job.timeout, job.resultTTL, job.failureTTL, job.ttl) = (
            .unlimited, .init(seconds: 0), .init(seconds: 2), .init(seconds: 3)
        )
        (job.workerName, job.groupID) = ("w", "g")
        job.meta = try serializer.serialized(Array(#"{"user":7,"name":"é"}"#.utf8))
        job.successCallback = RQCallback("a.b", timeout: RQSpan(seconds: 5))
        job.failureCallback = RQCallback("a.c")
        (job.retriesLeft, job.retryIntervals, job.isEnqueuedAtFrontOnRetry) = (2, [.seconds(1), .seconds(30)], true)
        (job.numberOfRetries, job.repeatsLeft, job.repeatIntervals) = (1, 3, [.seconds(9)])
        (job.dependencyIDs, job.allowsDependencyFailures, job.isEnqueuedAtFront) = (["p", "q"], true, false)
        job.webhooks = [RQWebhook(url: "http://h/x", on: .failed, method: "POST", headers: ["A": "b"])]
        (job.rateLimitKey, job.rateLimitConcurrency, job.exceptionText) = ("k", 4, "Traceback é")
        job.result = try serializer.serialized(Array("[5]".utf8))
        return job
    }

    @Test("Job.restore reads our job, and saves it byte for byte as we did", arguments: RQSerializer.allCases)
    func readsJobs(serializer: RQSerializer) async throws {
        let job = try job(serializer)
        let plain = RQJob(id: "j2", data: job.data)
        let jobs = try [job, plain].map { job -> JSONValue in
            [
                "id": .string(job.id.rawValue), "serializer": .string(serializer.rawValue),
                "fields": object(try job.fields()),
            ]
        }
        let read = try await read("jobs", jobs)
        for told in read {
            #expect(told["func"] == "tasks.add")
            #expect(told["args"]?.stringValue == #"[1, 2.5, "é, \"🎉\": \#u{7F}", null, [true, []], {"k": {}}]"#)
            #expect(told["kwargs"] == #"{"width": 1, "name": "x"}"#)
            #expect(told["data"] == base64(job.data))
        }
        #expect(read[0]["written"]?.text == object(try job.fields()).text)
        #expect(read[0]["meta"] == #"{"user": 7, "name": "é"}"# && read[0]["status"] == "rate_limited")
        #expect(read[0]["webhooks"] == ["http://h/x"] && read[0]["dependencies"] == ["p", "q"])
        #expect(read[0]["success"] == "a.b" && read[0]["timeout"] == -1 && read[0]["exc_info"] == "Traceback é")
        #expect(read[1]["status"] == "created")
    }

    @Test("the arguments of a pickled job are Python's own types")
    func readsTypes() async throws {
        var arguments = EncodedArguments()
        arguments.append(date)
        arguments.append(UUID(uuidString: "01234567-89AB-CDEF-0123-456789ABCDEF"))
        arguments.append(Decimal(string: "1.5"))
        arguments.append(Data([0xFF, 0]))
        arguments.append(JSONValue.bigInteger("1180591620717411303424"))
        let job = RQJob(id: "j", data: try RQCall.encode("tasks.add", arguments, as: .pickle))
        let told = try await read("jobs", [["id": "j", "serializer": "pickle", "fields": object(try job.fields())]])[0]
        #expect(told["types"] == ["datetime", "UUID", "Decimal", "bytes", "int"])
        let args = try JSONValue(parsing: told["args"]?.stringValue ?? "")
        #expect(args.text == (try JSONValue(parsing: arguments.args)).text)
    }

    // MARK: The rest

    @Test("Result.restore reads our results, and writes them as we did", arguments: RQSerializer.allCases)
    func readsResults(serializer: RQSerializer) async throws {
        let results = try RQResult.Kind.allCases.map { kind in
            var result = RQResult(kind, workerName: "w1")
            if kind == .failed { result.exceptionText = "Traceback\n  é\nValueError: boom\n" }
            if kind != .failed { result.returnValue = try serializer.serialized(Array(#"{"a":[1,null,"é"]}"#.utf8)) }
            (result.executionID, result.executionStartedAt, result.executionEndedAt) = ("e", date, date + 1.000001)
            return result
        }
        let told = try await read(
            "results",
            try results.map { ["serializer": .string(serializer.rawValue), "fields": object(try $0.fields())] })
        let names = ["SUCCESSFUL", "FAILED", "STOPPED", "RETRIED", "MAX_RETRIES_EXCEEDED"]
        for ((result, told), name) in zip(zip(results, told), names) {
            #expect(told["type"]?.stringValue == name)
            #expect(told["written"]?.text == object(try result.fields()).text)
            #expect(told["exc_string"]?.stringValue == result.exceptionText)
            #expect(told["value"]?.stringValue == (result.returnValue == nil ? "null" : #"{"a": [1, null, "é"]}"#))
            #expect(
                told["created_at"]?.doubleValue == RQResult.createdAt(ofEntry: "1795336575299-0")?.timeIntervalSince1970
            )
        }
    }

    @Test("RQ reads our executions, workers and schedulers, and writes them as we did")
    func readsOthers() async throws {
        let execution = RQExecution(id: "e", jobID: "j", workerName: "w", createdAt: date)
        #expect(try await read("executions", [object(execution.fields)]) == [object(execution.fields)])
        var worker = RQWorker(name: "w")
        (worker.birth, worker.lastHeartbeat, worker.queues, worker.processID) = (date, date + 1, ["a", "b"], 42)
        (worker.hostname, worker.address, worker.version, worker.pythonVersion) = ("h", "1.2.3.4:5", "1.0", "Swift 6")
        (worker.state, worker.successfulJobs, worker.failedJobs, worker.totalWorkingTime) = (.busy, 3, 4, .seconds(4.5))
        let told = try await read("workers", [object(worker.fields)])[0]
        #expect(told["written"]?.text == object(worker.birthFields).text)
        #expect(told["state"] == "busy" && told["successful"] == 3 && told["failed"] == 4 && told["time"] == 4.5)
        var scheduler = RQScheduler(name: "s")
        (scheduler.hostname, scheduler.processID, scheduler.queues) = ("h", 7, ["a"])
        (scheduler.createdAt, scheduler.lastHeartbeat) = (date, date + 1)
        #expect(try await read("schedulers", [object(scheduler.fields)])[0].text == object(scheduler.fields).text)
        var cron = RQCronScheduler(name: "c")
        (cron.hostname, cron.processID, cron.createdAt, cron.configurationFile) = ("h", 7, date, "config")
        var (often, rare) = (
            RQCronJob(task: "t.a", name: "often", queue: "q"), RQCronJob(task: "t.b", name: "rare", queue: "r")
        )
        (often.interval, often.args, often.kwargs, often.options) = (
            .seconds(2), "[1, 2]", #"{"k": "\u00e9"}"#, ["result_ttl": 500]
        )
        (often.latestEnqueueTime, often.nextEnqueueTime, rare.expression) = (date, date + 2, "*/5 * * * *")
        rare.options = ["job_timeout": 30, "ttl": 5, "meta": .string(#"{"a": 1}"#), "result_ttl": 1]
        rare.nextEnqueueTime = date + 60
        cron.jobs = [often, rare]
        #expect(try await read("crons", [object(cron.fields)])[0].text == object(cron.fields).text)
    }

    @Test("RQ takes our commands, and describes calls as we do")
    func readsTexts() async throws {
        let commands: [RQCommand] = [.shutdown, .killHorse, .stopJob("é"), .stopExecution("e", of: "j")]
        let told = try await read("commands", commands.map { .string(String(decoding: $0.payload, as: UTF8.self)) })
        #expect(
            told == [
                ["command": "shutdown"], ["command": "kill-horse"], ["command": "stop-job", "job_id": "é"],
                ["command": "stop-execution", "job_id": "j", "execution_id": "e"],
            ])
        let calls: [([JSONValue], JSONObject)] = [
            ([], [:]), ([2, 3], ["k": "v"]),
            ([nil, true, 1.0, 1e22, "it's", "a\"b", "é\n"], ["b": [1, [2]], "a": ["x": nil]]),
            (
                [.string(String(repeating: "long ", count: 40)), .array((0..<60).map { .integer($0) })],
                ["z": .string(String(repeating: "é", count: 80))]
            ),
            ([.string(String(repeating: "x", count: 73)), .string(String(repeating: "x", count: 74))], [:]),
        ]
        let shown = try await read(
            "descriptions", calls.map { ["func": "tasks.add", "args": .array($0.0), "kwargs": .object($0.1)] })
        for (call, told) in zip(calls, shown) {
            #expect(
                RQDescription.text(of: "tasks.add", EncodedArguments(args: call.0, kwargs: call.1)) == told.stringValue)
        }
    }
}

extension Generator {
    /// Any value that Python has one way to write: distinct texts, of sets only such as keep their order.
    fileprivate mutating func pickleValue(depth: Int) -> PickleValue {
        switch next() % (depth > 0 ? 18 : 12) {
        case 0: .none
        case 1: .bool(next() % 2 == 0)
        case 2: .integer(Int64(truncatingIfNeeded: next()) >> Int64(next() % 64))
        case 3: PickleValue.bigInteger((next() % 2 == 0 ? "-" : "") + "9\(next())\(next())")
        case 4: .double(Double(bitPattern: next() & 0xFFDF_FFFF_FFFF_FFFF))
        case 5: .string("é\(next())🎉\n" + String(repeating: "x", count: Int(next() % 300)))
        case 6: .bytes((0..<2 + Int(next() % 300)).map { _ in UInt8(truncatingIfNeeded: next()) })
        case 7: date().map(PickleValue.date) ?? .none
        case 8: date().flatMap { day in time(offset: nil).map { .datetime(day, $0) } } ?? .none
        case 9: date().flatMap { day in time(offset: .zero).map { .datetime(day, $0) } } ?? .none
        case 10: .decimal("-\(next()).\(next())")
        case 11:
            .uuid(
                String(String(repeating: "0", count: 16) + String(next() | 1 << 63, radix: 16)).suffix(32).description)
        case 12, 13: .list((0..<Int(next() % 5)).map { _ in pickleValue(depth: depth - 1) })
        case 14: .tuple((0..<Int(next() % 6)).map { _ in pickleValue(depth: depth - 1) })
        case 15: .set((0..<Int64(next() % 5)).map(PickleValue.integer))
        case 16:
            PythonDelta(
                days: Int(next() % 1000) - 500, seconds: Int(next() % 86_400), microseconds: Int(next() % 1_000_000)
            )
            .map(PickleValue.timedelta) ?? .none
        default:
            .dictionary(
                (0..<Int(next() % 6)).map { place in
                    PickleEntry(
                        place % 3 == 2 ? .integer(Int64(place)) : .string("key\(next())"), pickleValue(depth: depth - 1)
                    )
                })
        }
    }

    private mutating func date() -> PythonDate? {
        PythonDate(year: 1 + Int(next() % 9999), month: 1 + Int(next() % 12), day: 1 + Int(next() % 28))
    }

    private mutating func time(offset: PythonDelta?) -> PythonTime? {
        PythonTime(
            hour: Int(next() % 24), minute: Int(next() % 60), second: Int(next() % 60),
            microsecond: Int(next() % 1_000_000), offset: offset)
    }
}
