import CeleriacCanvas

@testable import Celeriac
@testable import CeleriacClient
@testable import CeleriacWorker
import CeleriacCore
import CeleriacMemory
import CeleriacTesting
import Foundation
import Logging
import Testing

/// What stores promise of canvas stands in the conformance suite; here is what an app adds.
@Suite("Chains, groups and callbacks", .timeLimit(.minutes(15)))
struct CanvasTests {
    private let time = ManualTime()
    private let store: MemoryStore
    private let app: TaskApp
    private let add: ClosureTask<Int, Int, Int>
    private let fail: ClosureTask<Int, Int>

    init() throws {
        store = MemoryStore(time: time)
        app = try makeApp(time: time, store: store)
        add = try app.task("add") { (x: Int, y: Int) in x + y }
        fail = try app.task("fail") { (x: Int) -> Int in throw Hiccup() }
    }

    // MARK: What travels

    @Test("a step waits in its own queue, with its own priority, delay, limits, id and headers")
    func options() async throws {
        let options = CallOptions(
            id: "second", queue: "slow", countdown: .seconds(60), priority: .critical, timeLimit: .seconds(9),
            headers: ["tenant": "x"])
        let result = try await app.send(chain(add(1, 2), add.then(after: Int.self, 10).with(options)))
        #expect(result.id == "second")
        _ = try await drain(app)
        let waiting = try #require(try await store.messages(in: "slow", .delayed, after: nil, limit: 9).first)
        #expect(waiting.notBefore == time.now.adding(.seconds(60)))
        let envelope = waiting.envelope
        #expect(envelope.priority == .critical)
        #expect(envelope.timeLimit == .seconds(9))
        #expect(envelope.headers.extra["tenant"] == "x")
        #expect(envelope.parentID == result.parent?.id)
        #expect(envelope.headers.rootID == result.parent?.id)
        await time.advance(by: .seconds(60))
        _ = try await drain(app, WorkerOptions(queues: ["slow"]))
        #expect(try await result.get() == 13)
    }

    @Test("a step without a queue goes where its task is routed")
    func routes() async throws {
        let app = try makeApp(time: time) { $0.routes = [TaskRoute("sub*", to: "differences")] }
        let add = try app.task("add") { (x: Int, y: Int) in x + y }
        let sub = try app.task("sub") { (x: Int, y: Int) in x - y }
        let result = try await app.send(chain(add(1, 2), sub.then(after: Int.self, 10)))
        _ = try await drain(app)
        #expect(try await app.broker.counts(of: "differences").ready == 1)
        _ = try await drain(app, WorkerOptions(queues: ["differences"]))
        #expect(try await result.get() == -7)
    }

    @Test("options of a chain are its first call's and those of a chord its header's, whatever kind of part that is")
    func optionsOfParts() throws {
        let options = CallOptions(queue: "slow", priority: .high)
        let untyped = CanvasSignature.call("untyped", options: CanvasOptions(values: ["shadow": "kept"]))
        let chain = try Chain<JSONValue>(untyped).with(options).canvasSignature()
        guard case .chain(let steps) = chain.work else { return #expect(Bool(false), "\(chain)") }
        #expect(steps[0].options.queue == "slow" && steps[0].options.priority == .high)
        #expect(steps[0].options.values["shadow"] == "kept")

        let note = Step<String, Bool>("note")
        let body = Signature<Int>("body", .none)
        let linked = LinkedPart(part: add(1, 2), links: add(0, 0).linkError(note).links)
        let chord = try Chord([linked, CanvasSignature.chain([untyped])] as [any CanvasPart], body: body).with(options)
            .canvasSignature()
        guard case .chord(let parts) = chord.work else { return #expect(Bool(false), "\(chord)") }
        #expect(parts.header[0].options.queue == "slow" && parts.header[0].options.errbacks.count == 1)
        guard case .chain(let inner) = parts.header[1].work else { return #expect(Bool(false), "\(chord)") }
        #expect(inner[0].options.queue == "slow" && parts.body?.options.queue == nil)

        let stuck = CallOptions(unique: .untilDone)
        let error = #expect(throws: CeleriacError.self) {
            try Chain<JSONValue>(untyped).with(stuck).canvasSignature()
        }
        #expect(error?.code == .unsupported && error?.message.contains("unique") == true)
    }

    @Test("what a canvas carries passes every middleware, at the start and when it goes on")
    func middleware() async throws {
        struct Marking: TaskMiddleware {
            let journal: Journal<String>
            func plan(_ messages: [Message]) async throws -> [Message] {
                journal.write(messages.map(\.task.rawValue).joined(separator: " "))
                return messages.map { message in
                    var message = message
                    message.headers.extra["mark"] = true
                    return message
                }
            }
        }
        let journal = Journal<String>()
        let app = try makeApp(time: time) { $0.middleware = [Marking(journal: journal)] }
        let add = try app.task("add") { (x: Int, y: Int) in x + y }
        let marked = try app.task("marked") { (x: Int) in TaskContext.current?.headers.extra["mark"] == true }
        let result = try await app.send(chain(add(1, 2), marked.then(after: Int.self)))
        _ = try await drain(app)
        #expect(try await result.get())
        #expect(journal.entries == ["add", "marked"])
    }

    @Test("a canvas that a task sends is of its family")
    func family() async throws {
        let (app, add) = (app, add)
        let sender = try app.task("sender") { (x: Int) in
            try await app.send(group(add(x, 1), add(x, 2))).results.map(\.id.rawValue)
        }
        let result = try await app.send(sender(1))
        _ = try await drain(app)
        let ids = try await result.get()
        #expect(try await result.children.map { $0.members?.map(\.id.rawValue) } == [ids])
        #expect(try await app.result(of: TaskID(ids[1]), as: Int.self).parentID == result.id)
    }

    @Test("the end of a step tells what followed")
    func children() async throws {
        let result = try await app.send(chain(add(1, 2), add.then(after: Int.self, 10)))
        _ = try await drain(app)
        #expect(try await result.parent?.children.map(\.id) == [result.id])
        #expect(try await result.parentID == result.parent?.id)
    }

    // MARK: What is refused

    @Test("options that no signature carries are refused, nothing being sent")
    func stuckOptions() async throws {
        let unique = add(1, 2).with(CallOptions(unique: .key("a", .untilDone), atFront: true))
        let error = await #expect(throws: CeleriacError.self) {
            try await app.send(chain(unique, add.then(after: Int.self, 1)))
        }
        #expect(error?.code == .unsupported)
        #expect(error?.message.contains("unique, atFront") == true)
        struct Unwritable: Encodable {
            func encode(to encoder: any Encoder) throws { throw Fatal() }
        }
        let unwritable = add.then(after: Int.self, Unwritable())
        await #expect(throws: CeleriacError.self) { try await app.send(chain(add(1, 2), unwritable)) }
        await #expect(throws: CeleriacError.self) { try await app.send(CanvasSignature.chain([])) }
        #expect(try await store.counts(of: .default) == QueueCounts())
    }

    @Test(
        "a call whose message makes no sense of what follows fails with the reason, and its errback is called",
        arguments: [
            "", "a\\nb", "celeriac.delayed:celery", "unacked", "_kombu.binding.x", "celery-task-meta-x", "x.pidbox",
        ])
    func nonsense(queue: String) async throws {
        let journal = Journal<String>()
        _ = try app.task("note") { (id: String) in
            journal.write(id)
            return true
        }
        let embed =
            #"{"callbacks": [{"task": "add", "options": {"queue": "\#(queue)"}}], "errbacks": [{"task": "note"}]}"#
        let envelope = Envelope(
            headers: MessageHeaders(id: "odd", task: "add"), body: Array("[[1, 2], {}, \(embed)]".utf8))
        try await store.publish([Publication(envelope, to: .default)])
        _ = try await drain(app)
        let failure = try await app.result(of: "odd", as: Int.self).failure()
        #expect(failure.message.contains("is not a queue name"), "\(failure)")
        #expect(journal.entries == ["odd"])
        #expect(try await app.deadLetters.map(\.id) == ["odd"])
        let next = try await app.send(add(1, 2))
        _ = try await drain(app)
        #expect(try await next.get() == 3)
    }

    @Test("the step of a chain that names a reserved queue fails with the reason, and so does what would follow")
    func reservedStep() async throws {
        let steps =
            #"[{"task": "add", "args": [1], "options": {"task_id": "last"}}, "#
            + #"{"task": "add", "args": [1], "options": {"task_id": "next", "queue": "celeriac.leases:celery"}}]"#
        let envelope = Envelope(
            headers: MessageHeaders(id: "odd", task: "add"), body: Array("[[1, 2], {}, {\"chain\": \(steps)}]".utf8))
        try await store.publish([Publication(envelope, to: .default)])
        _ = try await drain(app)
        for id in ["odd", "next", "last"] as [TaskID] {
            let failure = try await app.result(of: id, as: Int.self).failure()
            #expect(failure.message.contains("Celeriac's own keys"), "\(failure)")
        }
    }

    // MARK: Ends

    @Test("of a step that is tried again nothing follows until it has ended")
    func retried() async throws {
        let journal = Journal<String>()
        let task = try app.task("flaky", options: TaskOptions(retry: .fixed(.seconds(5), maxRetries: 1))) {
            (x: Int) -> Int in
            guard TaskContext.current?.attempt == 2 else { throw Hiccup() }
            return x
        }
        let note = try app.task("note") { (id: String) in
            journal.write(id)
            return true
        }
        let steps = chain(task(1), add.then(after: Int.self, 10)).linkError(note.then(after: String.self))
        let result = try await app.send(steps)
        _ = try await drain(app)
        #expect(try await result.state == .pending)
        await time.advance(by: .seconds(5))
        _ = try await drain(app)
        #expect(try await result.get() == 11)
        #expect(journal.entries.isEmpty)
    }

    @Test("who waits for a chain hears of a step that was revoked")
    func revoked() async throws {
        let result = try await app.send(chain(add(1, 2), add.then(after: Int.self, 1)))
        let first = try #require(result.parent)
        try await first.revoke()
        _ = try await drain(app)
        #expect(try await result.failure().type == "TaskRevokedError")
        #expect(try await result.state == .pending, "left alone, as in Celery")
    }

    @Test("a step that no worker knows is parked, fails the chain, and revives it once it is put back")
    func parked() async throws {
        let result = try await app.send(
            chain(add(1, 2), Step<Int, Int>("later"), add.then(after: Int.self, 10)))
        _ = try await drain(app)
        #expect(try await result.failure().type == "NotRegistered")
        _ = try app.task("later") { (x: Int) in 2 * x }
        #expect(try await store.requeue([try #require(result.parent?.id)]).count == 1)
        _ = try await drain(app)
        #expect(try await AsyncResult<Int>(id: result.id, app: app).get() == 16)
    }

    @Test("what is acknowledged early is followed too")
    func earlyAcknowledgement() async throws {
        let early = try app.task("early", options: TaskOptions(acks: .early)) { (x: Int) in x }
        let result = try await app.send(chain(early(1), add.then(after: Int.self, 10)))
        _ = try await drain(app)
        #expect(try await result.get() == 11)
    }

    @Test("with two stores a step whose end is not settled in time is repeated, and what follows is not doubled")
    func twoStores() async throws {
        let broker = FlakyBroker(PlainBroker(store), time: time)
        let results = MemoryStore(time: time)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let app = try TaskApp(
            Backend(broker: broker, results: results), options: AppOptions(discoversTasks: false), time: time,
            logger: logger)
        let journal = Journal<String>()
        let first = try app.task("first") { (x: Int) in
            journal.write("first")
            return x
        }
        let second = try app.task("second") { (x: Int) in
            journal.write("second \(TaskContext.current?.id.rawValue ?? "")")
            return x + 1
        }
        let result = try await app.send(chain(first(1), second.then(after: Int.self).with(CallOptions(queue: "next"))))
        broker.inject(.failure(BrokerError(.refused, "no")), into: .settle)
        _ = try await drain(app)
        await time.advance(by: .minutes(1))
        _ = try await drain(app)
        #expect(journal.entries == ["first", "first"])
        #expect(try await store.counts(of: "next").ready == 1)
        _ = try await drain(app, WorkerOptions(queues: ["next"]))
        #expect(try await result.get() == 2)
        #expect(journal.entries == ["first", "first", "second \(result.id)"])
    }

    // MARK: Groups

    @Test("a group's members come as they end, failures among them")
    func completions() async throws {
        let result = try await app.send(group(add(1, 1), fail(2), add(3, 3)))
        var seen: [Int: TaskState] = [:]
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { _ = try await drain(self.app) }
            for try await part in result.completions {
                #expect(seen[part.index] == nil)
                seen[part.index] = part.state
                if part.index == 2 { #expect(try part.output() == 6) }
                if part.index == 1 { #expect(throws: TaskFailure.self) { try part.output() } }
            }
            try await tasks.waitForAll()
        }
        #expect(seen == [0: .success, 1: .failure, 2: .success])
        #expect(try await "\(result.progress)" == "3 of 3")
    }

    @Test("a group that has not ended in time says so; revoked, it never runs; forgotten, nothing is known of it")
    func endsOfGroups() async throws {
        let result = try await app.send(group([add(1, 1), add(2, 2)]))
        let outputs = Task { try await result.get(timeout: .seconds(5)) }
        try await time.untilSleeper(dueIn: .seconds(5))
        await time.advance(by: .seconds(5))
        let error = await #expect(throws: CeleriacError.self) { try await outputs.value }
        #expect(error?.code == .timeout)
        try await result.revoke()
        _ = try await drain(app)
        #expect(try await result.progress.failed == 2)
        try await result.forget()
        #expect(try await result.results[0].state == .unknown)
    }

    @Test("the members of a skewed group wait one after another, chains among them")
    func skew() async throws {
        let members: [any CanvasPart<Int>] = [
            add(1, 1), chain(add(2, 2), add.then(after: Int.self, 1)), add(3, 3), add(4, 4),
        ]
        try await app.send(
            group(members[0], members[1], members[2], members[3]).skewed(
                from: .zero, to: .seconds(20), by: .seconds(10)))
        #expect(try await store.counts(of: .default).ready == 1)
        let waiting = try await store.messages(in: .default, .delayed, after: nil, limit: 9)
        #expect(waiting.compactMap(\.notBefore).sorted() == [10, 20, 20].map { time.now.adding(.seconds($0)) })
    }

    @Test("a group of none has no outputs, and is whole")
    func emptyGroup() async throws {
        let result = try await app.send(group([Signature<Int>]()))
        #expect(try await result.get() == [])
        #expect(try await result.progress.fraction == 1)
    }

    @Test("a canvas of names gives JSON, groups within groups taken apart")
    func untyped() async throws {
        func sum(_ x: Int64) -> CanvasSignature { .call("add", EncodedArguments(args: [.integer(x), 1])) }
        let sent = try await app.send(CanvasSignature.group([sum(1), .group([sum(2), sum(3)])]))
        let single = try await app.send(CanvasSignature.chain([sum(1), .call("add", EncodedArguments(args: [5]))]))
        _ = try await drain(app)
        #expect(try await sent.get() == [2, 3, 4])
        #expect(sent.group?.results.count == 3 && sent.result == nil)
        #expect(try await single.get() == 7)
    }
}
