import Celeriac
import CeleriacCore
import CeleriacMemory
import CeleriacTesting
import Foundation
import Testing

/// Celery's own tasks, and the words by which they are called. What stores promise of them stands in the conformance suite.
@Suite("Maps and Celery's own tasks", .timeLimit(.minutes(15)))
struct MappingTests {
    private let time = ManualTime()
    private let app: TaskApp
    private let square: ClosureTask<Int, Int>
    private let add: ClosureTask<Int, Int, Int>
    private let journal = Journal<String>()

    init() throws {
        app = try makeApp(time: time)
        let journal = journal
        square = try app.task("square") { (x: Int) in
            journal.write("\(x)")
            return x * x
        }
        add = try app.task("add") { (x: Int, y: Int) in x + y }
    }

    /// Sends a call as Celery's own clients do, and gives its result.
    private func outcome(of task: TaskName, args: [JSONValue] = [], _ kwargs: JSONObject) async throws
        -> JSONValue
    {
        let result = try await app.send(task, args: args, kwargs: kwargs)
        _ = try await drain(app)
        return try await result.get()
    }

    // MARK: Mapping

    @Test("the words map, starmap and chunks give outputs in the order of their items, one message each")
    func words() async throws {
        let squares = try await app.send(square.map(1...4))
        let sums = try await app.send(add.starmap([(1, 2), (3, 4)]))
        let parts = try await app.send(add.chunks((1...5).map { ($0, 10 * $0) }, size: 2))
        #expect(try await app.broker.counts(of: .default).ready == 5)
        _ = try await drain(app, WorkerOptions(concurrency: 1))
        #expect(try await squares.get() == [1, 4, 9, 16])
        #expect(try await sums.get() == [3, 7])
        #expect(try await parts.get() == [[11, 22], [33, 44], [55]])
        #expect(journal.entries == ["1", "2", "3", "4"])
    }

    @Test("a map is a part of chains and groups like any other")
    func composed() async throws {
        let total = try app.task("total") { (numbers: [Int]) in numbers.reduce(0, +) }
        let later = try await app.send(chain(square.map([1, 2, 3]), total.then(after: [Int].self)))
        let ignoring = try await app.send(chain(add(1, 2), square.map([5]).ignoringInput()))
        let groups = try await app.send(group([square.map([1, 2]), square.map([])]))
        _ = try await drain(app)
        #expect(try await later.get() == 14)
        #expect(try await ignoring.get() == [25])
        #expect(try await groups.get() == [[1, 4], []])
    }

    @Test("a map goes where the mapped task's calls go, without the limits of one of them")
    func route() async throws {
        let app = try makeApp(time: time) { $0.routes = [TaskRoute("sub*", to: "differences")] }
        let options = TaskOptions(queue: "own", timeLimit: .seconds(5), priority: .high)
        let own = try app.task("own", options: options) { (x: Int) in x }
        let sub = try app.task("sub") { (x: Int, y: Int) in x - y }
        try await app.send(own.map([1]))
        try await app.send(sub.starmap([(1, 2)]))
        try await app.send(group([sub.starmap([(1, 2)]), sub.starmap([(1, 2)])]))
        #expect(try await app.broker.counts(of: "differences").ready == 3)
        let store = try #require(app.broker as? MemoryStore)
        let envelope = try #require(try await store.messages(in: "own", .ready, after: nil, limit: 9).first?.envelope)
        #expect(envelope.task == "celery.map" && envelope.priority == .high && envelope.timeLimit == nil)
    }

    @Test("an item that cannot be encoded is told when the map is sent")
    func unencodable() async throws {
        struct Unwritable: Codable {
            func encode(to encoder: any Encoder) throws { throw Fatal() }
        }
        let task = try app.task("odd") { (x: Unwritable) in 1 }
        for call in [task.map([Unwritable()]), task.starmap([Unwritable()])] {
            let error = await #expect(throws: CeleriacError.self) { try await app.send(call) }
            #expect(error?.code == .invalidArguments)
        }
    }

    @Test("of a mapped signature only the name counts, and a name alone is enough")
    func mappedSignature() async throws {
        let signature: JSONValue = ["task": "add", "args": [100], "kwargs": ["y": 5], "options": ["queue": "nowhere"]]
        #expect(try await outcome(of: "celery.starmap", ["task": signature, "it": [[1, 2]]]) == [3])
        #expect(try await outcome(of: "celery.map", args: ["square", [3]], [:]) == [9])
    }

    @Test(
        "what cannot be mapped fails the call with words that name the task and the item",
        arguments: [
            ("celery.map", #"{"task": {"task": "nobody"}, "it": [1]}"#, "NotRegistered", "\"nobody\""),
            ("celery.map", #"{"task": {"task": "add"}, "it": [1]}"#, "TypeError", "item 0 does not match \"add\""),
            (
                "celery.map", #"{"task": {"task": "square"}, "it": [1, 2, "x"]}"#, "TypeError",
                "item 2 does not match \"square\""
            ),
            (
                "celery.starmap", #"{"task": {"task": "add"}, "it": [[1, 2], [1, 2, 3]]}"#, "TypeError",
                "item 1 does not match \"add\": too many positional arguments"
            ),
            ("celery.starmap", #"{"task": {"task": "add"}, "it": [[1, 2], 3]}"#, "TypeError", "item 1 is not an array"),
            ("celery.map", #"{"task": {"task": "square"}}"#, "TypeError", "\"it\" is missing"),
            ("celery.map", #"{"task": 7, "it": []}"#, "TypeError", "\"task\" is not a signature"),
            ("celery.map", #"{"task": {"args": []}, "it": []}"#, "TypeError", "without a task"),
            (
                "celery.map", #"{"task": {"task": "celery.chain"}, "it": [1]}"#, "NotImplementedError",
                "chain is not a real"
            ),
        ])
    func unfit(task: TaskName, kwargs: String, type: String, words: String) async throws {
        let envelope = Envelope(
            headers: MessageHeaders(id: "odd", task: task), body: Array("[[], \(kwargs), null]".utf8))
        try await app.broker.publish([Publication(envelope, to: .default)])
        _ = try await drain(app)
        let failure = try await app.result(of: "odd", as: JSONValue.self).failure()
        #expect(failure.type == type)
        #expect(failure.message.contains(words), "\(failure)")
        #expect(try await app.deadLetters.map(\.id) == ["odd"])
    }

    @Test("an item that fails is the failure of the map, and those behind it do not run")
    func failing() async throws {
        let journal = journal
        let picky = try app.task("picky") { (x: Int) in
            journal.write("\(x)")
            if x == 2 { throw Hiccup() }
            return x
        }
        let result = try await app.send(picky.map([1, 2, 3]))
        _ = try await drain(app)
        #expect(try await result.failure().type == "Hiccup")
        #expect(journal.entries == ["1", "2"])
    }

    // MARK: The whole of a map

    @Test("middleware wraps a map once, and its tasks run in its context")
    func middleware() async throws {
        struct Noting: TaskMiddleware {
            let journal: Journal<String>
            func run(_ context: TaskContext, next: RunNext) async throws -> [UInt8] {
                journal.write("runs \(context.task)")
                return try await next()
            }
        }
        let journal = Journal<String>()
        let app = try makeApp(time: time) { $0.middleware = [Noting(journal: journal)] }
        let name = try app.task("name") { (x: Int) in TaskContext.current?.task.rawValue ?? "" }
        let result = try await app.send(name.map([1, 2]))
        _ = try await drain(app)
        #expect(try await result.get() == ["celery.map", "celery.map"])
        #expect(journal.entries == ["runs celery.map"])
    }

    @Test("a soft time limit ends a map between two items that never look")
    func softLimit() async throws {
        let (journal, gate) = (journal, Gate())
        let stubborn = try app.task("stubborn") { (x: Int) in
            journal.write("\(x)")
            await Task { try? await gate.wait() }.value
            return x
        }
        try await withWorker(app, remoteOptions()) { _ in
            let result = try await app.send(stubborn.map([1, 2]).with(CallOptions(softTimeLimit: .seconds(5))))
            try await result.reaches(.started)
            try await time.untilSleeper(dueIn: .seconds(5))
            await time.advance(by: .seconds(5))
            gate.open()
            #expect(try await result.failure().type == "SoftTimeLimitExceeded")
        }
        #expect(journal.entries == ["1"])
    }

    @Test("a map that is terminated while it runs ends with the item that heeds it")
    func terminated() async throws {
        let (begun, never) = (Gate(), Gate())
        let journal = journal
        let endless = try app.task("endless") { (n: Int) in
            journal.write("\(n)")
            begun.open()
            try await never.wait()
            return n
        }
        try await withWorker(app) { _ in
            let result = try await app.send(endless.map([1, 2]))
            try await begun.wait()
            try await result.revoke(terminate: true)
            #expect(try await result.failure().type == "TaskRevokedError")
        }
        #expect(journal.entries == ["1"])
    }

    @Test("an item that asks for a retry has the whole map run again")
    func retry() async throws {
        let journal = journal
        let flaky = try app.task("flaky") { (x: Int) in
            journal.write("\(x)")
            let context = try #require(TaskContext.current)
            if x == 2, context.attempt == 1 { throw context.retry(in: .seconds(5)) }
            return x
        }
        let result = try await app.send(flaky.map([1, 2]))
        _ = try await drain(app)
        await time.advance(by: .seconds(5))
        _ = try await drain(app)
        #expect(try await result.get() == [1, 2])
        #expect(journal.entries == ["1", "2", "1", "2"])
    }

    // MARK: Celery's other tasks

    @Test("accumulate gives its arguments, or the one of an index")
    func accumulate() async throws {
        #expect(try await outcome(of: "celery.accumulate", args: [1, [2, 3]], [:]) == [1, [2, 3]])
        #expect(try await outcome(of: "celery.accumulate", args: [1, [2, 3]], ["index": 1]) == [2, 3])
        #expect(try await outcome(of: "celery.accumulate", args: [1, [2, 3]], ["index": -2]) == 1)
        #expect(try await outcome(of: "celery.accumulate", args: [1], ["index": .null]) == [1])
        let beyond = try await app.send("celery.accumulate", args: [1], kwargs: ["index": 1])
        _ = try await drain(app)
        #expect(try await beyond.failure().type == "IndexError")
    }

    @Test("a message of chunks sends their group, and tells its ids as Celery does")
    func chunks() async throws {
        let sent = try await outcome(
            of: "celery.chunks", ["task": ["task": "add"], "it": [[1, 2], [3, 4], [5, 6]], "n": 2])
        let members = try #require(sent[1]?.arrayValue)
        let ids = members.compactMap { $0[0]?[0]?.stringValue }
        #expect(ids.count == 2)
        #expect(try await app.result(of: TaskID(ids[0]), as: [Int].self).get() == [3, 7])
        #expect(try await app.result(of: TaskID(ids[1]), as: [Int].self).get() == [11])
    }

    @Test("the clean-up that Celery's beat asks for succeeds; what is no real task refuses to run")
    func others() async throws {
        #expect(try await outcome(of: "celery.backend_cleanup", [:]) == .null)
        for kind in ["chain", "group", "chord"] {
            let result = try await app.send(TaskName("celery.\(kind)"))
            _ = try await drain(app)
            let failure = try await result.failure()
            #expect(failure.type == "NotImplementedError")
            #expect(failure.message == "\(kind) is not a real task")
        }
    }

    @Test("no task of one's own takes one of Celery's names")
    func reserved() throws {
        let error = #expect(throws: CeleriacError.self) { try app.task("celery.mine") { (x: Int) in x } }
        #expect(error?.code == .invalidName)
        #expect(error?.message.contains("celery.mine") == true)
        #expect(try app.taskNames() == ["add", "square"])
    }
}
