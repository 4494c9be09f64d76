import CTaskRecords
@testable import Celeriac
@testable import CeleriacClient
@testable import CeleriacWorker
import CeleriacCore
import CeleriacMemory
import Testing

@Suite("A remote task")
struct RemoteShapeTests {
    private let app: TaskApp
    private let store: MemoryStore

    init() throws {
        store = MemoryStore()
        app = try TaskApp(Backend(broker: store, results: store), options: AppOptions(discoversTasks: false))
    }

    // MARK: Calling

    @Test("is called by the name that it was given, with arguments as @Task sends them")
    func encodes() {
        let sum = $remoteAdd(2, 3)
        #expect(sum.task == "tasks.add")
        #expect(sum.arguments.args == Array("[2,3]".utf8))
        let thumbnail = $thumbnail(of: "cat.png")
        #expect(thumbnail.arguments.kwargs == Array(#"{"image":"cat.png","width":200}"#.utf8))
        let reserved = $remoteQuiet(in: 1, self: 2, options: 3).arguments
        #expect(reserved.kwargs == Array(#"{"in":1,"self":2,"options":3}"#.utf8))
    }

    @Test("sends a default, and nil as null")
    func defaults() {
        let found = Library.$find("Dune").arguments
        #expect(found.args == Array(#"["Dune"]"#.utf8))
        #expect(found.kwargs == Array(#"{"limit":null,"width":80}"#.utf8))
    }

    @Test("says what it takes")
    func parameters() {
        #expect(
            $thumbnail.parameters == [
                TaskParameter("image", label: "of", type: "String", position: nil, hasDefault: false),
                TaskParameter("width", label: "width", type: "Int", position: nil, hasDefault: true),
            ])
        #expect(callsPrivately() == "tasks.clear")
    }

    @Test("has the options of its declaration, and its calls carry them")
    func options() throws {
        #expect($thumbnail.options.queue == "images")
        let message = try app.publisher.outgoing($thumbnail(of: "cat.png").call).message
        #expect(message.headers.timeLimit == .seconds(30))
        #expect(message.headers.expires != nil)
        #expect(message.priority == .high)
        #expect(message.headers.ignoreResult == nil)
    }

    @Test("tells the worker to keep no result, where it says so")
    func ignoresResult() throws {
        #expect(try app.publisher.outgoing(Jostled.$f(1).call).message.headers.ignoreResult == true)
    }

    @Test("goes through its exchange, unless a call names a queue")
    func route() throws {
        var call = $feed("news")
        #expect(call.taskOptions.route == ExchangeRoute(exchange: "feeds", routingKey: "feed.europe"))
        #expect(try app.publisher.outgoing(call.call).message.route == call.taskOptions.route)
        call.options.queue = "elsewhere"
        #expect(try app.publisher.outgoing(call.call).message.route == nil)
    }

    // MARK: The function itself

    @Test("sends the call when its function is called, and gives what the worker answers")
    func answers() async throws {
        let sum = try await serving { try await remoteAdd(2, 3) }
        #expect(sum == 5)
        #expect(try await serving { try await Library.Book.copy(Library.Book(title: "Dune")) }.title == "Dune")
    }

    @Test("without a result takes whatever comes; with an Optional one null is nil")
    func empty() async throws {
        try await serving { try await Library.default() }
        try await serving { try await Library.burn() }
        let found: Point? = try await serving {
            try await $thumbnail.applyAsync(of: "none", options: CallOptions(queue: "celery")).get()
        }
        #expect(found == nil)
    }

    @Test("throws the worker's failure")
    func failure() async throws {
        let failure = await #expect(throws: TaskFailure.self) {
            try await serving { try await Elder.name(of: "x") }
        }
        #expect(failure?.message.contains("no such child") == true)
    }

    @Test("waits no longer than its timeout")
    func timeout() async throws {
        let error = await #expect(throws: CeleriacError.self) {
            try await app.use { try await thumbnail(of: "cat.png") }
        }
        #expect(error?.code == .timeout)
    }

    @Test("that ignores its result is over once the broker has the call")
    func sendsOnly() async throws {
        try await app.use { try await Jostled.f(1) }
        #expect(try await app.queue("celery").count == 1)
    }

    @Test("is found by no worker")
    func undiscovered() {
        let found = Set(TaskDiscovery.all().map(\.name))
        #expect(found.isDisjoint(with: ["tasks.add", "tasks.thumbnail", "library.find", "jostled.f"]))
    }

    // MARK: Helpers

    /// Runs `body` while a worker of another app on the same store has the tasks.
    private func serving<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        let there = try TaskApp(Backend(broker: store, results: store), options: AppOptions(discoversTasks: false))
        _ = try there.task("tasks.add") { (x: Int, y: Int) in x + y }
        try there.register(ClosureTask<Library.Book, Library.Book>("library.copy") { $0 })
        try there.register(Anything(name: "library.close"))
        try there.register(Anything(name: "library.burn"))
        try there.register(Anything(name: "tasks.thumbnail"))
        try there.register(Failing(name: "elder.name"))
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await Worker(there, options: WorkerOptions(concurrency: 1)).run() }
            defer { group.cancelAll() }
            return try await app.use(body)
        }
    }
}

/// Takes whatever it is given, and answers null.
private struct Anything: TaskDefinition {
    let name: TaskName

    func run(_ arguments: ReceivedArguments, in context: TaskContext) async throws -> JSONValue { .null }
}

private struct Failing: TaskDefinition {
    let name: TaskName

    func run(_ arguments: ReceivedArguments, in context: TaskContext) async throws -> JSONValue {
        throw TaskFailure(type: "KeyError", message: "no such child")
    }
}
