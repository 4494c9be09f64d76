import Celeriac
import Foundation

/// Measures RQ on the same Redis in the same run, with its defaults: its workers fork for each job, its SimpleWorkers
/// do not. Needs the Python environment of `make setup`.
struct RQPeer {
    let scale: Scale
    let server: RedisProcess
    let table: Table
    private let script = "Benchmarks/rq_peer.py", python = ".venv/bin/python"

    func run() async throws {
        guard FileManager.default.fileExists(atPath: script), FileManager.default.isExecutableFile(atPath: python)
        else {
            return print("RQ was not measured: run from the checkout after `make setup`")
        }
        let drains = try await drains()
        try server.empty()
        let text = try output(of: [python, script, server.url, "\(scale.rqPeer)"])
        let theirs = try JSONDecoder().decode([String: Double].self, from: Data(text.utf8))
        printDrains(theirs, drains)
        printEnqueues(theirs)
        printLatencies(theirs)
    }

    // MARK: Ours

    /// Returns the rates of Celeriac's workers, by the source of the jobs and by the pool.
    private func drains() async throws -> [(name: String, rate: Double)] {
        let rq = Contestant.rq(scale, server)
        let inProcess = TaskPool.inProcess(concurrency: rq.slots)
        let children = TaskPool.processes(count: 2, concurrencyPerChild: rq.slots / 2)
        var app = try await rq.open().app
        try await rq.fill(app, scale.bulk)
        let byChildren = try await Pools.drain(scale.bulk, of: app, by: children)
        app = try await rq.open().app
        let count = scale.rqPeer * 30
        _ = try output(of: [python, script, server.url, "\(count)", QueueName.default.rawValue, "bench.nothing"])
        let ofPython = try await Pools.drain(count, of: app, by: inProcess)
        return [
            ("ours", table["drain with results", "rq"] ?? .nan), ("ours, two children", byChildren),
            ("ours, jobs that RQ enqueued", ofPython),
        ]
    }

    // MARK: Beside theirs

    private func printDrains(_ theirs: [String: Double], _ ours: [(name: String, rate: Double)]) {
        let heads = ours.map { " \($0.name): \(Table.text($0.rate)) |" }.joined()
        print("| drain with results, RQ 3.0 | /s |\(heads)\n|---|--:|" + ours.map { _ in "--:|" }.joined())
        for (key, name) in [
            ("fork_1", "one rq worker, which forks"), ("fork_2", "two rq workers"),
            ("simple_1", "one rq.SimpleWorker"), ("simple_2", "two rq.SimpleWorkers"),
        ] {
            let rate = theirs[key] ?? .nan
            print("| \(name) | \(Table.text(rate)) |" + ours.map { " \(Table.text($0.rate / rate)) x |" }.joined())
        }
    }

    private func printEnqueues(_ theirs: [String: Double]) {
        print("\n| RQ 3.0 | /s | ours | ratio |\n|---|--:|--:|--:|")
        for (key, figure) in [("enqueue", "enqueue, one at a time"), ("enqueue_many", "enqueue, 1,000 a call")] {
            let rate = theirs[key] ?? .nan, mine = table[figure, "rq"] ?? .nan
            print("| \(figure) | \(Table.text(rate)) | \(Table.text(mine)) | \(Table.text(mine / rate)) |")
        }
    }

    private func printLatencies(_ theirs: [String: Double]) {
        print("\n| enqueue to start, other process | p50 ms | p99 ms |\n|---|--:|--:|")
        let ours = "enqueue to start, other process, at 100/s"
        row("ours, at 100/s", table["\(ours), p50", "rq"], table["\(ours), p99", "rq"])
        row("rq.SimpleWorker, at 100/s", theirs["simple_p50"], theirs["simple_p99"])
        row("rq worker, which forks, at 20/s", theirs["fork_p50"], theirs["fork_p99"])
        print("")
    }

    private func row(_ name: String, _ median: Double?, _ slow: Double?) {
        print("| \(name) | \(Table.text(median ?? .nan)) | \(Table.text(slow ?? .nan)) |")
    }
}
