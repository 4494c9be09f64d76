import Celeriac
import CeleriacCore
import Foundation
import Testing

extension Interop.RabbitMQ {
    /// A Swift client calls, stock Celery answers from the queue `python`.
    @Suite("A Swift client is answered by a Python worker on RabbitMQ", .timeLimit(.minutes(15)))
    struct SwiftCallsPython {
        /// How long an answer may take before the check has failed.
        private let limit = Duration.seconds(30)

        private func send(
            _ queues: RabbitMQFleet.Queues, _ task: TaskName, _ args: [JSONValue] = [],
            kwargs: JSONObject = [:], options: CallOptions = CallOptions()
        ) async throws -> AsyncResult<JSONValue> {
            var options = options
            options.queue = "python"
            return try await RabbitMQFleet.with(queues).app.send(task, args: args, kwargs: kwargs, options: options)
        }
    }
}

extension Interop.RabbitMQ.SwiftCallsPython {
    @Test(
        "positional and named arguments reach Python, and its result comes back",
        arguments: RabbitMQFleet.Queues.allCases)
    func values(_ queues: RabbitMQFleet.Queues) async throws {
        let seen = try await send(queues, "py.repr", [1, "größe", [2.5, nil]], kwargs: ["k": ["a": true]])
        #expect(try await seen.get(timeout: limit) == ["1", "'größe'", "[2.5, None]", "k={'a': True}"])
    }

    @Test("a Python exception is a TaskFailure with its type and text", arguments: RabbitMQFleet.Queues.allCases)
    func exception(_ queues: RabbitMQFleet.Queues) async throws {
        let failing = try await send(queues, "py.fail", ["AppError", "no more eggs"])
        let failure = await #expect(throws: TaskFailure.self) { try await failing.get(timeout: limit) }
        #expect(failure?.type == "AppError" && failure?.module == "tasks" && failure?.message == "no more eggs")
    }

    @Test("Python's retries end in the result of the last attempt", arguments: RabbitMQFleet.Queues.allCases)
    func retries(_ queues: RabbitMQFleet.Queues) async throws {
        #expect(try await send(queues, "py.retry", [2]).get(timeout: limit) == 2)
    }

    @Test("a countdown waits in the levels of the server, not in a worker")
    func countdown() async throws {
        try await RabbitMQFleet.withEach { fleet in
            let sent = Date()
            let later = try await send(fleet.queues, "py.request", options: CallOptions(countdown: .seconds(1)))
            let seen = try await later.get(timeout: limit)
            #expect(Date().timeIntervalSince(sent) >= 1)
            #expect(seen["delivery_info"]?["exchange"] == "celery_delayed_delivery", "\(fleet.queues)")
        }
    }

    @Test("a call that expires in the levels is REVOKED by the Python worker")
    func expired() async throws {
        try await RabbitMQFleet.withEach { fleet in
            let options = CallOptions(countdown: .milliseconds(900), expires: Date().addingTimeInterval(0.6))
            let gone = try await send(fleet.queues, "py.add", [1, 1], options: options)
            let failure = await #expect(throws: TaskFailure.self) { try await gone.get(timeout: limit) }
            #expect(failure?.type == "TaskRevokedError", "\(fleet.queues)")
        }
    }

    @Test("priority, expires, reply_to and headers reach Python", arguments: RabbitMQFleet.Queues.allCases)
    func furtherOptions(_ queues: RabbitMQFleet.Queues) async throws {
        let options = CallOptions(
            expires: Date(timeIntervalSince1970: 4_102_444_800), priority: CallPriority(clamping: 7),
            replyTo: "a-queue",
            headers: ["x-tenant": "acme", "n": [1, nil]])
        let seen = try await send(queues, "py.request", options: options).get(timeout: limit)
        #expect(seen["delivery_info"]?["priority"] == 7 && seen["reply_to"] == "a-queue")
        #expect(seen["expires"]?.stringValue?.hasPrefix("2100-01-01T00:00:00") == true)
        #expect(seen["headers"]?["x-tenant"] == "acme" && seen["headers"]?["n"] == [1, nil], "\(seen)")
    }

    @Test("a body of several frames passes, compressed or not", arguments: RabbitMQFleet.Queues.allCases)
    func bigBody(_ queues: RabbitMQFleet.Queues) async throws {
        let text = JSONValue.string(String(repeating: "celeriac ", count: 60_000))
        let plain = try await send(queues, "py.echo", [text])
        let packed = try await send(queues, "py.echo", [text], options: CallOptions(compression: .gzip))
        #expect(try await plain.get(timeout: limit) == text)
        #expect(try await packed.get(timeout: limit) == text)
    }

    @Test("a chain, a group and a chord of Swift's go through both", arguments: RabbitMQFleet.Queues.allCases)
    func canvas(_ queues: RabbitMQFleet.Queues) async throws {
        let app = try RabbitMQFleet.with(queues).app
        let python10 = Step<Int, Int>("py.add", args: [10], options: CallOptions(queue: "python"))
        let swift100 = Step<Int, Int>("swift.add", args: [100])
        let chained = try await app.send(chain(swiftAdd(1, 2), python10, swift100))
        #expect(try await chained.get(timeout: limit) == 113)

        let both = (0..<10).map { $0.isMultiple(of: 2) ? swiftAdd($0, 1) : pythonAdd($0, 1) }
        #expect(try await app.send(group(both)).get(timeout: limit) == Array(1...10))

        for options in [CallOptions(queue: "python"), CallOptions()] {
            let body = Step<[Int], [Int]>(options.queue == nil ? "swift.echo" : "py.echo", options: options)
            #expect(try await app.send(chord(both, then: body)).get(timeout: limit) == Array(1...10))
        }
    }

    @Test("links and link errors are called in the other language", arguments: RabbitMQFleet.Queues.allCases)
    func links(_ queues: RabbitMQFleet.Queues) async throws {
        let app = try RabbitMQFleet.with(queues).app
        let inPython = Step<Int, JSONValue>("py.echo", options: CallOptions(id: "in-python", queue: "python"))
        let inSwift = Step<Int, JSONValue>("swift.echo", options: CallOptions(id: "in-swift"))
        let heard = Step<String, JSONValue>("swift.echo", options: CallOptions(id: "heard"))
        let fail = Signature<Int>("py.fail", .none, options: CallOptions(id: "failed", queue: "python"))
        try await app.send(swiftAdd(1, 2).link(inPython))
        try await app.send(pythonAdd(3, 4).link(inSwift))
        try await app.send(fail.linkError(heard))
        for (id, value) in [("in-python", 3), ("in-swift", 7), ("heard", "failed")] as [(TaskID, JSONValue)] {
            #expect(try await app.result(of: id, as: JSONValue.self).get(timeout: limit) == value)
        }
    }

    private func swiftAdd(_ x: Int64, _ y: Int64) -> Signature<Int> {
        Signature("swift.add", EncodedArguments(args: [.integer(x), .integer(y)]))
    }

    private func pythonAdd(_ x: Int64, _ y: Int64) -> Signature<Int> {
        Signature(
            "py.add", EncodedArguments(args: [.integer(x), .integer(y)]), options: CallOptions(queue: "python"))
    }
}
