import Celeriac
import CeleriacSQLite
import Foundation

/// What needs a worker in another process: its latency, and what it costs while it waits.
struct OtherProcess {
    let contestant: Contestant

    static func work(on path: String) async throws {
        let app = try TaskApp("sqlite:///\(path)", schemes: [.sqlite], logger: Contestant.quiet)
        try await Worker(app).run()
    }

    func run(into table: inout Table) async throws {
        let (app, path) = try contestant.open()
        guard let path else { return }
        let worker = Process()
        worker.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        worker.arguments = ["--worker", path]
        try worker.run()
        defer {
            kill(worker.processIdentifier, SIGKILL)
            worker.waitUntilExit()
        }
        _ = try await app.send($nothing(0)).get(timeout: .seconds(30))
        let times = try await contestant.startLatencies(app)
        table.set("enqueue to start, other process, p50", "ms", contestant.name, times.quantile(0.5))
        table.set("enqueue to start, other process, p99", "ms", contestant.name, times.quantile(0.99))
        table.set("idle worker", "% of a core", contestant.name, try await idleCost(of: worker.processIdentifier))
    }

    private func idleCost(of pid: Int32) async throws -> Double {
        let before = Machine.processorSeconds(of: pid)
        try await SystemTime().sleep(for: .seconds(contestant.scale.idleSeconds))
        return (Machine.processorSeconds(of: pid) - before) / Double(contestant.scale.idleSeconds) * 100
    }
}
