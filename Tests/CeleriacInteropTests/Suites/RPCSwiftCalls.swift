import Celeriac
import CeleriacCore
import Foundation
import Testing

extension Interop.RPC {
    /// A Swift client calls over `rpc://`; stock Celery answers from the queue `python`, a Swift worker from `celery`.
    @Suite("A Swift client is answered by either worker over rpc://", .timeLimit(.minutes(15)))
    struct SwiftCallsEither {
        /// How long an answer may take before the check has failed.
        private let limit = Duration.seconds(30)

        /// Tasks of one kind in both languages.
        enum Side: String, Sendable, CaseIterable {
            case python = "py"
            case swift = "swift"

            var queue: QueueName { self == .python ? "python" : "celery" }
        }

        private func send(
            _ fleet: RabbitMQFleet, _ side: Side, _ task: String, _ args: [JSONValue] = [],
            options: CallOptions = CallOptions()
        ) async throws -> AsyncResult<JSONValue> {
            var options = options
            options.queue = side.queue
            return try await fleet.app.send(TaskName("\(side.rawValue).\(task)"), args: args, options: options)
        }

        private func add(_ side: Side, _ x: Int64, _ y: Int64) -> Signature<Int> {
            Signature(
                TaskName("\(side.rawValue).add"), EncodedArguments(args: [.integer(x), .integer(y)]),
                options: CallOptions(queue: side.queue))
        }

        private func step(_ side: Side, _ y: Int64) -> Step<Int, Int> {
            Step(TaskName("\(side.rawValue).add"), args: [.integer(y)], options: CallOptions(queue: side.queue))
        }

        /// Runs the body for each type of queues and each side.
        private func withEach(_ body: @escaping @Sendable (RabbitMQFleet, Side) async throws -> Void) async throws {
            try await RabbitMQFleet.withEach { fleet in
                for side in Side.allCases { try await body(fleet, side) }
            }
        }
    }
}

extension Interop.RPC.SwiftCallsEither {
    @Test("results come back, the same as often as they are asked for")
    func values() async throws {
        try await withEach { fleet, side in
            let text = JSONValue.string(String(repeating: "größe ", count: 60_000))
            for value in [text, ["a": [1, 2.5, nil]], 7] {
                let echo = try await send(fleet, side, "echo", [value])
                for _ in 0..<2 { #expect(try await echo.get(timeout: limit) == value, "\(side)") }
            }
        }
    }

    @Test("a failure has the type and text of its exception")
    func failure() async throws {
        try await withEach { fleet, side in
            let arguments: [JSONValue] = side == .python ? ["AppError", "no more eggs"] : ["no more eggs"]
            let failing = try await send(fleet, side, "fail", arguments)
            let failure = await #expect(throws: TaskFailure.self) { try await failing.get(timeout: limit) }
            #expect(failure?.type == (side == .python ? "AppError" : "KitchenError"))
            #expect(failure?.message.contains("no more eggs") == true)
            #expect(try await failing.state == .failure)
        }
    }

    @Test("an unknown task fails as NotRegistered")
    func unregistered() async throws {
        try await withEach { fleet, side in
            let unknown = try await send(fleet, side, "no_such_task")
            let failure = await #expect(throws: TaskFailure.self) { try await unknown.get(timeout: limit) }
            #expect(failure?.type == "NotRegistered", "\(side)")
        }
    }

    @Test("RETRY is seen with its exception, and SUCCESS after it")
    func retries() async throws {
        try await RabbitMQFleet.withEach { fleet in
            let later = try await send(fleet, .python, "retry", [1, 1])
            var states: [TaskState] = []
            for try await update in later.updates {
                states.append(update.state)
                if update.state == .retry { #expect(update.failure?.type == "AppError") }
            }
            #expect(states.suffix(2) == [.retry, .success], "\(fleet.queues)")
            let flaky = try await fleet.app.send("swift.flaky", kwargs: ["failures": 2])
            #expect(try await flaky.get(timeout: limit) == 3)
        }
    }

    @Test("PROGRESS and its meta are seen while the task runs")
    func progress() async throws {
        try await withEach { fleet, side in
            let gate = fleet.scratch.gate()
            let options = CallOptions(queue: side.queue)
            let going = try await fleet.app.send(
                TaskName("\(side.rawValue).progress"), kwargs: ["gate": .string(gate.path)], options: options)
            var states: [TaskState] = []
            for try await update in going.updates {
                states.append(update.state)
                guard update.state == .progress else { continue }
                #expect(try update.meta(as: TaskProgress.self) == TaskProgress(fraction: 0.5, note: "half"))
                try gate.open()
            }
            #expect(states == [.pending, .progress, .success] || states == [.progress, .success], "\(states)")
        }
    }

    @Test("STARTED is seen of a worker that tracks starts")
    func started() async throws {
        try await RabbitMQFleet.withEach { fleet in
            let gate = fleet.scratch.gate()
            let held = try await fleet.app.send(
                "swift.hold", args: [.string(gate.path)], options: CallOptions(queue: "pooled"))
            for try await update in held.updates where update.state == .started {
                #expect(update.record.worker == "pooled@test")
                try gate.open()
            }
            #expect(try await held.get(timeout: limit) == "released")
        }
    }

    @Test("a call that was revoked before its start is REVOKED")
    func revoked() async throws {
        try await withEach { fleet, side in
            let id = TaskID.random()
            var told: [String] = []
            let node = side == .python ? "python@test" : "swift@test"
            while !told.contains(node) {
                told = try await fleet.app.control(timeout: .seconds(1)).revoke([id]).map(\.node)
            }
            let gone = try await send(fleet, side, "add", [1, 1], options: CallOptions(id: id))
            let failure = await #expect(throws: TaskFailure.self) { try await gone.get(timeout: limit) }
            #expect(failure?.type == "TaskRevokedError", "\(side)")
            #expect(try await gone.state == .revoked)
        }
    }

    @Test("a chain and a group go through both, and the result of each part is seen")
    func canvas() async throws {
        try await RabbitMQFleet.withEach { fleet in
            for (first, second) in [(Side.python, Side.swift), (.swift, .python)] {
                let chained = try await fleet.app.send(
                    chain(add(first, 1, 2), step(second, 10), step(first, 100)))
                #expect(try await chained.get(timeout: limit) == 113)
                let before = try #require(chained.parent)
                #expect(try await before.get(timeout: limit) == 13)
                #expect(try await before.parent?.get(timeout: limit) == 3)
            }
            let parts = (0..<10).map { add($0.isMultiple(of: 2) ? .swift : .python, $0, 1) }
            let together = try await fleet.app.send(group(parts))
            #expect(try await together.get(timeout: limit) == Array(1...10))
            #expect(try await together.completedCount == 10)
        }
    }

    @Test("the steps that follow a failed one fail with it")
    func brokenChain() async throws {
        try await withEach { fleet, side in
            let options = CallOptions(queue: side.queue)
            let fail = Signature<Int>(TaskName("\(side.rawValue).fail"), .none, options: options)
            let broken = try await fleet.app.send(chain(fail, step(.python, 1), step(.swift, 1)))
            await #expect(throws: TaskFailure.self) { try await broken.get(timeout: limit) }
            try await waitUntil { try await broken.state == .failure }
            let middle = try #require(broken.parent)
            try await waitUntil { try await middle.state == .failure }
        }
    }

    @Test("the results of callbacks and of a replacement reach the caller of the call")
    func followers() async throws {
        try await withEach { fleet, side in
            for other in Side.allCases {
                let id = TaskID.random()
                let options = CallOptions(id: id, queue: other.queue)
                let heard = Step<Int, JSONValue>(TaskName("\(other.rawValue).echo"), options: options)
                try await fleet.app.send(add(side, 1, 2).link(heard))
                let linked = fleet.app.result(of: id, as: JSONValue.self)
                #expect(try await linked.get(timeout: limit) == 3, "\(side) then \(other)")
            }
            let arguments: [JSONValue] = [
                .string("\(side.rawValue).add"), [20, 3], .string(side.queue.rawValue),
            ]
            let replaced = try await fleet.app.send("swift.delegate", args: arguments)
            #expect(try await replaced.get(timeout: limit) == 23)
        }
    }

    @Test("a call whose result nobody wants names no queue, and a queue of the caller's own stays")
    func replyTo() async throws {
        try await RabbitMQFleet.withEach { fleet in
            let seen = try await send(fleet, .python, "request").get(timeout: limit)
            #expect(seen["reply_to"]?.stringValue?.count == 36)
            let own = try await send(fleet, .python, "add", [1, 1], options: CallOptions(replyTo: "elsewhere"))
            let ignored = try await send(fleet, .python, "add", [1, 1], options: CallOptions(ignoreResult: true))
            #expect(try await send(fleet, .python, "add", [1, 1]).get(timeout: limit) == 2)
            #expect(try await own.state == .pending)
            #expect(try await ignored.state == .pending)
        }
    }

    @Test("a call of another client reads PENDING")
    func others() async throws {
        try await RabbitMQFleet.withEach { fleet in
            let sum = try await send(fleet, .swift, "add", [1, 1])
            #expect(try await sum.get(timeout: limit) == 2)
            let other = try fleet.anotherApp()
            #expect(try await other.result(of: sum.id, as: Int.self).state == .pending)
        }
    }

    @Test("500 calls at once are each answered")
    func many() async throws {
        try await RabbitMQFleet.withEach { fleet in
            let results = try await fleet.app.send(
                (0..<500).map { add($0.isMultiple(of: 2) ? .swift : .python, $0, 1) })
            for (number, result) in results.enumerated() {
                #expect(try await result.get(timeout: .seconds(60)) == number + 1)
            }
        }
    }
}
