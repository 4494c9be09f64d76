import Celeriac
import CeleriacCore
import Logging
import Synchronization

/// An app on the store under test, with a few tasks that keep a journal.
struct CanvasField: Sendable {
    let app: TaskApp
    let add: ClosureTask<Int, Int, Int>
    let fail: ClosureTask<Int, Int>
    let sum: ClosureTask<Int, [Int]>
    /// Fails once, then returns its argument.
    let stumble: ClosureTask<Int, Int>
    /// Records its argument in the journal.
    let note: ClosureTask<Bool, JSONValue>
    private let lines = CanvasJournal()

    /// The lines that the tasks wrote, in the order of starts.
    var journal: [String] { lines.lines }

    init(_ store: any CompletionStore, _ time: ManualTime) throws {
        app = try TaskApp(
            Backend(store), options: AppOptions(discoversTasks: false), time: time,
            logger: Logger(label: "celeriac.tests") { _ in SwiftLogNoOpLogHandler() })
        let write = lines.write
        add = try app.task("canvas.add") { (x: Int, y: Int) in
            write("\(x) + \(y)")
            return x + y
        }
        fail = try app.task("canvas.fail") { (x: Int) -> Int in
            write("fail \(x)")
            throw CanvasMishap()
        }
        let stumbled = Guarded(false)
        stumble = try app.task("canvas.stumble", options: TaskOptions(retry: .fixed(.seconds(5), maxRetries: 3))) {
            (x: Int) -> Int in
            let isFirst = stumbled.withLock { was in
                defer { was = true }
                return !was
            }
            if isFirst { throw CanvasMishap() }
            return x
        }
        sum = try app.task("canvas.sum") { (numbers: [Int]) in
            write("sum \(numbers)")
            return numbers.reduce(0, +)
        }
        note = try app.task("canvas.note") { (value: JSONValue) in
            write("note \(value.text)")
            return true
        }
    }

    /// Runs the ready calls and the calls that they enqueue; by default one after another.
    func drain(concurrency: Int = 1) async throws {
        try await Worker(app, options: WorkerOptions(concurrency: concurrency, lease: lease, burst: true)).run()
    }

    /// The body of a chord: adds up the results of the header.
    var total: Step<[Int], Int> { sum.then(after: [Int].self) }

    /// Runs the next call, but not the calls that it enqueues.
    func runNext() async throws {
        try await Worker(app, options: WorkerOptions(concurrency: 1, lease: lease, burst: true, maxTasks: 1)).run()
    }

    /// Claims the next call and never settles it, like a worker that was killed.
    func dieWithNext(_ time: ManualTime) async throws {
        try await app.broker.consume { consumer in
            _ = try await consumer.claim()
            await time.advance(by: lease + .seconds(1))
        }
    }
}

private final class CanvasJournal: Sendable {
    private let state = Guarded<[String]>([])

    var lines: [String] { state.withLock { $0 } }

    @Sendable func write(_ line: String) { state.withLock { $0.append(line) } }
}

struct CanvasMishap: Error {}

extension AsyncResult {
    /// Returns the failure of the call.
    func mishap(file: String = #fileID, line: Int = #line) async throws -> TaskFailure {
        do { _ = try await get() } catch let failure as TaskFailure { return failure }
        throw BrokenPromise("task \(id) succeeded", file, line)
    }
}
