import Celeriac
import CeleriacCore
import Logging
import Synchronization

/// An app on the pair under test, with a few tasks that keep a journal.
struct PairField: Sendable {
    let app: TaskApp
    let add: ClosureTask<Int, Int, Int>
    let sum: ClosureTask<Int, [Int]>
    /// May start once a minute across all workers, if a store of the pair shares rate limits.
    let limited: ClosureTask<Int, Int>
    /// Fails for good, but only in its first run.
    let breaks: ClosureTask<Int, Int>
    private let lines: PairJournal

    /// The lines that the tasks wrote, in the order of starts.
    var journal: [String] { lines.all }

    init(_ backend: Backend, _ time: ManualTime) throws {
        app = try TaskApp(
            backend, options: AppOptions(discoversTasks: false), time: time,
            logger: Logger(label: "celeriac.tests") { _ in SwiftLogNoOpLogHandler() })
        let journal = PairJournal()
        lines = journal
        add = try app.task("pair.add") { (x: Int, y: Int) in
            journal.write("add \(x) \(y)")
            return x + y
        }
        sum = try app.task("pair.sum") { (numbers: [Int]) in
            journal.write("sum \(numbers)")
            return numbers.reduce(0, +)
        }
        // A worker with a global rate limit does not start if no store shares it.
        let limits = backend.limiter == nil ? TaskOptions() : TaskOptions(rateLimit: .global("1/m"))
        limited = try app.task("pair.limited", options: limits) { (n: Int) in
            journal.write("limited \(n)")
            return n
        }
        breaks = try app.task("pair.breaks") { (n: Int) in
            guard journal.write("breaks \(n)") > 1 else { throw PairMishap() }
            return n
        }
    }

    /// Runs the ready calls and the calls that they enqueue, one after another.
    func drain() async throws {
        try await Worker(app, options: WorkerOptions(concurrency: 1, lease: lease, burst: true)).run()
    }
}

private final class PairJournal: Sendable {
    private let lines = Guarded<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    /// - Returns: the number of lines, including this one.
    @discardableResult
    func write(_ line: String) -> Int {
        lines.withLock { lines in
            lines.append(line)
            return lines.count
        }
    }
}

struct PairMishap: Error {}
