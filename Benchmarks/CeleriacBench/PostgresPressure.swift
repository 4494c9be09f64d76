import Celeriac
import CeleriacCore
import CeleriacPostgres
import Foundation
import PostgresClient
import PostgresUnderTest

/// Measures what slows other queues in PostgreSQL down: a large backlog, an old snapshot that keeps dead rows, and a
/// worker and a server that have nothing to do.
struct PostgresPressure {
    let contestant: Contestant
    let server: PostgresServer
    private static let batch = 256

    private var scale: Scale { contestant.scale }

    func run() async throws {
        print("| postgres, under pressure | before | then | ratio |\n|---|--:|--:|--:|")
        try await snapshot()
        try await backlog()
        try await idle()
        print("")
    }

    private func row(_ name: String, _ before: Double, _ then: Double) {
        print("| \(name) | \(Table.text(before)) | \(Table.text(then)) | \(Table.text(then / before)) |")
    }

    // MARK: An old snapshot

    /// Keeps a backlog level while a worker drains it, without and with a session that is idle in a transaction.
    private func snapshot() async throws {
        let (app, urls) = try await contestant.open()
        let waiting = scale.isQuick ? 50_000 : 200_000
        try await contestant.fill(app, waiting)
        let before = try await level(app)
        let database = URL(filePath: urls[0]).lastPathComponent
        let reader = PostgresClient(Contestant.configuration(server, database), logger: Contestant.quiet)
        defer { reader.close() }
        var then = before
        try await reader.withTransaction(within: .hours(1)) { transaction in
            _ = try await transaction.query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            _ = try await transaction.query("SELECT count(*) FROM celeriac.queue")
            for _ in 0..<3 { then = try await level(app) }
        }
        row("drain of a level backlog of \(Table.text(Double(waiting))), /s; then beside an old snapshot", before, then)
    }

    /// Returns the rate at which a worker runs calls while as many are enqueued.
    private func level(_ app: TaskApp) async throws -> Double {
        let count = scale.bulk
        return try await rate(count) {
            async let work: Void = Worker(app, options: WorkerOptions(maxTasks: count)).run()
            try await contestant.fill(app, count)
            try await work
        }
    }

    // MARK: A large backlog

    private func backlog() async throws {
        let few = try await claims(of: 10_000)
        let most = scale.isQuick ? 100_000 : 1_000_000
        let many = try await claims(of: most)
        let name = "claim of 256 from 10,000, ms; then from \(Table.text(Double(most)))"
        for part in [0.5, 0.99] {
            row("\(name), p\(Int(part * 100))", few.quantile(part), many.quantile(part))
        }
    }

    /// Claims and ends calls, and publishes as many again.
    ///
    /// - Returns: how long each claim took, in ms.
    private func claims(of waiting: Int) async throws -> [Double] {
        let app = try await contestant.open().app
        try await contestant.fill(app, waiting)
        let broker = app.backend.broker
        var times: [Double] = []
        try await broker.withConsumer(ConsumerTerms([.default], lease: .minutes(5))) { consumer in
            for _ in 0..<(scale.isQuick ? 100 : 400) {
                let clock = SystemClockSeconds()
                let claimed = try await consumer.next(upTo: Self.batch, from: [.default], wait: false)
                times.append(clock.passed * 1000)
                _ = try await consumer.settle(claimed.map { ($0.receipt, .ack) })
                try await contestant.fill(app, claimed.count)
            }
        }
        return times
    }

    // MARK: Nothing to do

    /// On a server of its own: a server with other databases still cleans up in them.
    private func idle() async throws {
        let server = try await PostgresServer.forMeasurements()
        defer { server.clear() }
        let (_, urls) = try await Contestant.postgres(scale, server).open()
        let worker = try OtherWorker(urls)
        defer { worker.end() }
        // Until both have started.
        try await SystemTime().sleep(for: .seconds(5))
        let seconds = Double(max(scale.idleSeconds, 10))
        let (worked, served) = (worker.processorSeconds, self.seconds(of: server))
        try await SystemTime().sleep(for: .seconds(seconds))
        let (work, service) = (worker.processorSeconds - worked, self.seconds(of: server) - served)
        print(
            "| idle, % of a core: worker; then server | \(Table.text(work / seconds * 100)) | "
                + "\(Table.text(service / seconds * 100)) | |")
    }

    /// The processor time of the server and all its processes that run or have ended.
    private func seconds(of server: PostgresServer) -> Double {
        guard let pid = server.pid else { return .nan }
        let children = (try? String(contentsOfFile: "/proc/\(pid)/task/\(pid)/children", encoding: .utf8)) ?? ""
        let running = children.split(separator: " ").compactMap { Int32($0) }
        return Machine.processorSeconds(of: pid, withEnded: true)
            + running.reduce(0) { $0 + Machine.processorSeconds(of: $1) }
    }
}
