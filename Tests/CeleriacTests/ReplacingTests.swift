@testable import Celeriac
@testable import CeleriacClient
@testable import CeleriacWorker
import CeleriacCanvas
import CeleriacCore
import CeleriacMemory
import CeleriacTesting
import Foundation
import Logging
import Testing

/// What a running task does to its canvas. What stores promise of it stands in the conformance suite.
@Suite("Replacing calls, and adding to chords", .timeLimit(.minutes(15)))
struct ReplacingTests {
    private let time = ManualTime()
    private let store: MemoryStore
    private let app: TaskApp
    private let add: ClosureTask<Int, Int, Int>

    init() throws {
        store = MemoryStore(time: time)
        app = try makeApp(time: time, store: store)
        add = try app.task("add") { (x: Int, y: Int) in x + y }
    }

    private func replaced(
        in app: TaskApp, options: TaskOptions = TaskOptions(),
        by canvas: @escaping @Sendable (Int) throws -> CanvasSignature
    ) throws -> ClosureTask<Int, Int> {
        try app.task("replaced", options: options) { (x: Int) -> Int in
            try #require(TaskContext.current).replace(with: canvas(x))
        }
    }

    private static func sum(_ x: Int, _ y: Int, _ values: JSONObject = [:]) -> CanvasSignature {
        .call("add", EncodedArguments(positional: x, y), options: CanvasOptions(values: values))
    }

    // MARK: Replacing

    @Test("a replacement is a message of its own: its queue, its headers, and one replacement more")
    func message() async throws {
        let task = try replaced(in: app) { Self.sum($0, 2, ["queue": "slow"]) }
        let result = try await app.send(task(1).with(CallOptions(headers: ["tenant": "x"])))
        let statistics = try await drain(app)
        #expect(statistics.processed == 0 && statistics.released == 1)
        let envelope = try #require(try await store.messages(in: "slow", .ready, after: nil, limit: 9).first?.envelope)
        #expect(envelope.id == result.id && envelope.task == "add")
        #expect(envelope.headers.extra["replaced_task_nesting"] == 1)
        #expect(try await result.state == .pending)
        _ = try await drain(app, WorkerOptions(queues: ["slow"]))
        #expect(try await result.get() == 3)
    }

    @Test("a replacement passes every middleware")
    func middleware() async throws {
        struct Marking: TaskMiddleware {
            func plan(_ messages: [Message]) async throws -> [Message] {
                messages.map { message in
                    var message = message
                    message.headers.extra["mark"] = .string(message.task.rawValue)
                    return message
                }
            }
        }
        let app = try makeApp(time: time) { $0.middleware = [Marking()] }
        _ = try app.task("add") { (x: Int, y: Int) in
            TaskContext.current?.headers.extra["mark"] == "add" ? x + y : 0
        }
        let result = try await app.send(replaced(in: app) { Self.sum($0, 2) }(1))
        _ = try await drain(app)
        #expect(try await result.get() == 3)
    }

    @Test("a call that was acknowledged early is replaced like any other")
    func early() async throws {
        let task = try replaced(in: app, options: TaskOptions(acks: .early)) { Self.sum($0, 2) }
        let result = try await app.send(task(1))
        _ = try await drain(app)
        #expect(try await result.get() == 3)
    }

    @Test("with two stores a replacement under the call's own id is not taken for a duplicate of it")
    func twoStores() async throws {
        let results = MemoryStore(time: time)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let app = try TaskApp(
            Backend(broker: PlainBroker(store), results: results), options: AppOptions(discoversTasks: false),
            time: time,
            logger: logger)
        _ = try app.task("add") { (x: Int, y: Int) in x + y }
        let result = try await app.send(replaced(in: app) { Self.sum($0, 2) }(1))
        _ = try await drain(app)
        #expect(try await result.get() == 3)
    }

    @Test("a replacement that makes no sense fails the call with the reason")
    func nonsense() async throws {
        let result = try await app.send(replaced(in: app) { Self.sum($0, 2, ["queue": "unacked_index"]) }(1))
        let empty = try app.task("empty") { (x: Int) -> Int in
            try #require(TaskContext.current).replace(with: CanvasSignature.chain([]))
        }
        let nothing = try await app.send(empty(1))
        _ = try await drain(app)
        #expect(try await result.failure().message.contains("is not a queue name"))
        #expect(try await nothing.failure().message.contains("empty chain"))
        #expect(try await app.deadLetters.map(\.id).sorted { $0.rawValue < $1.rawValue }.count == 2)
    }

    @Test("what cannot travel, and an item of a map, cannot be put in a call's place")
    func refused() async throws {
        let add = add
        let stuck = try app.task("stuck") { (x: Int) -> Int in
            try #require(TaskContext.current).replace(with: add(x, 1).with(CallOptions(atFront: true)))
        }
        let failed = try await app.send(stuck(1))
        let mapped = try await app.send(replaced(in: app) { Self.sum($0, 2) }.map([1]))
        _ = try await drain(app)
        #expect(try await failed.failure().message.contains("atFront"))
        #expect(try await mapped.failure().message.contains("an item of \"celery.map\" cannot be replaced"))
    }

    @Test("a replaced call is told of neither as succeeded nor as failed")
    func verdict() {
        var generator = SystemRandomNumberGenerator()
        let envelope = Envelope(headers: MessageHeaders(id: "a", task: "t"), body: [])
        let verdict = Verdict(
            on: .replaced(by: [1]), of: envelope, under: .none, now: time.now, using: &generator)
        #expect(verdict.settlement == .ack && verdict.state == .pending)
        #expect(verdict.replacement == [1] && verdict.result == nil && verdict.failure == nil)
    }

    // MARK: Adding to a chord

    @Test("a call that is in no chord has nothing to add to")
    func noChord() async throws {
        let add = add
        let task = try app.task("adding") { (x: Int) -> Int in
            try #require(TaskContext.current).addToChord(add(x, 1))
            return x
        }
        let result = try await app.send(task(1))
        _ = try await drain(app)
        #expect(try await result.failure().type == "TypeError")
        #expect(try await result.failure().message.contains("is not part of a chord"))
    }

    @Test("what a call adds to its chord is sent with the body, and the chord is told before to wait for it")
    func additions() throws {
        let context = try context(additions: [Self.sum(1, 2), .chain([Self.sum(3, 4), Self.sum(5, 6)])])
        let runner = CanvasRunner(app: app)
        let (plan, steps) = try runner.additions(
            to: finished(context), Verdict.done(Array("3".utf8)), context)
        #expect(plan.calls.map(\.message.headers.group) == ["g", nil])
        #expect(plan.calls[0].embed.chord == .call("sum"))
        #expect(plan.calls[1].embed.chain?.first?.options.chord == .call("sum"))
        let ends = plan.results.map(\.id)
        #expect(steps == ends.map { .extend(groupID: "g", count: 1, by: $0) })
        #expect(Set(ends).count == 2)
        let again = try runner.additions(
            to: finished(context), Verdict.done(Array("3".utf8)), context)
        #expect(again.steps == steps, "the same ids each time it ends")
    }

    @Test("of a group that is added the chord waits for each member")
    func addedGroup() throws {
        let context = try context(additions: [.group([Self.sum(1, 2), Self.sum(3, 4)])])
        let (plan, steps) = try CanvasRunner(app: app).additions(
            to: finished(context), Verdict.done(Array("3".utf8)), context)
        #expect(plan.calls.map(\.message.headers.group) == ["g", "g"])
        #expect(plan.calls.allSatisfy { $0.embed.chord == .call("sum") })
        #expect(steps == [.extend(groupID: "g", count: 2, by: try #require(plan.results.first?.id))])
    }

    @Test("an attempt that fails adds nothing to its chord")
    func failedAttempt() throws {
        let context = try context(additions: [Self.sum(1, 2)])
        let failure = TaskFailure(type: "Hiccup", message: "hiccup")
        let again = Verdict.again(context.envelope, at: time.now, because: failure, isAsked: false)
        for verdict in [Verdict.dropped(failure), .failed(failure), again, .givenBack(until: nil)] {
            let (plan, steps) = try CanvasRunner(app: app).additions(to: finished(context), verdict, context)
            #expect(plan == CanvasPlan() && steps.isEmpty)
        }
    }

    private func context(additions: [CanvasSignature]) throws -> TaskContext {
        var headers = MessageHeaders(id: "part", task: "add")
        (headers.group, headers.groupIndex) = ("g", 3)
        let envelope = Envelope(headers: headers, body: Array(#"[[], {}, {"chord": {"task": "sum"}}]"#.utf8))
        let context = TaskContext(
            app: app, envelope: envelope, queue: .default, worker: "w", deliveryCount: 1, startedAt: time.now)
        for addition in additions { try context.addToChord(addition) }
        return context
    }

    private func finished(_ context: TaskContext) -> FinishedCall {
        FinishedCall(headers: context.headers, embed: CanvasEmbed(chord: .call("sum")))
    }
}
