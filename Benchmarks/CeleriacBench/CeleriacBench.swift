import Celeriac
import CeleriacSQLite
import Foundation
import Logging
import PostgresUnderTest
import RabbitMQUnderTest

/// Measures Celeriac next to the layers below it and next to a peer in one run; the ratios are what matters.
///
/// Started by `make bench`. It is not a test: nothing here passes or fails. Its options:
/// - `--quick`
/// - `--only memory|sqlite|postgres|redis|rq|rabbitmq|quorum|pools`
/// - `--rows footprints|enqueues|drains|defaults|latencies|processes|beats|canvas|growth|ceilings|pressure`
@main
struct CeleriacBench {
    static func main() async throws {
        LoggingSystem.bootstrap { _ in SwiftLogNoOpLogHandler() }
        if Worker.isChild { try await Pools.serve() }
        let words = CommandLine.arguments
        if words.count > 2, words[1] == "--worker" { return try await OtherProcess.work(on: Array(words[2...])) }
        func value(of flag: String) -> String? { words.firstIndex(of: flag).flatMap { words.dropFirst($0 + 1).first } }
        let scale = Scale(isQuick: words.contains("--quick"), rows: value(of: "--rows").flatMap(Rows.init))
        let only = value(of: "--only")
        print(Machine.description)
        try await Run(scale: scale, only: only).measure()
    }
}

/// One run: measures every broker, or the one that `--only` names, next to its ceilings and peers.
struct Run {
    let scale: Scale
    let only: String?

    func measure() async throws {
        var table = Table(
            columns: ["memory", "sqlite", "postgres", "redis", "rq", "rabbitmq", "quorum"].filter(isWanted))
        let server = ["redis", "rq", "rabbitmq", "quorum"].contains(where: isWanted) ? try RedisProcess() : nil
        let needsRabbitMQ = ["rabbitmq", "quorum"].contains(where: isWanted) && RabbitMQServer.isInstalled
        let rabbitMQ = needsRabbitMQ ? try await RabbitMQServer.shared() : nil
        let needsPostgres = isWanted("postgres") && PostgresServer.isInstalled
        let postgres = needsPostgres ? try await PostgresServer.forMeasurements() : nil
        var contestants = [Contestant.memory(scale), .sqlite(scale)]
        if let postgres { contestants.append(.postgres(scale, postgres)) }
        if let server { contestants += [.redis(scale, server), .rq(scale, server)] }
        if let server, let rabbitMQ {
            contestants += RabbitMQQueues.allCases.map { .rabbitMQ(scale, rabbitMQ, server, $0) }
        }
        for contestant in contestants where isWanted(contestant.name) { try await contestant.run(into: &table) }
        if only != "pools" { table.print() }
        if let server, scale.rows == .canvas, isWanted("redis") {
            try CeleryPeer(scale: scale, server: server, table: table).run([.canvas])
        }
        if let rabbitMQ, scale.measures(.ceilings) { try await ceilings(rabbitMQ, table) }
        if let postgres, scale.measures(.ceilings) {
            try await PostgresCeilings(scale: scale, server: postgres, table: table).run()
        }
        if let postgres, scale.measures(.pressure) {
            try await PostgresPressure(contestant: .postgres(scale, postgres), server: postgres).run()
        }
        postgres?.clear()
        guard scale.rows == nil else { return }
        if isWanted("pools") { try await Pools(scale: scale).measure() }
        if isWanted("sqlite") {
            try await Ceilings(scale: scale, table: table).run()
            try await Peer(scale: scale).run(beside: table)
        }
        if let server, isWanted("redis") {
            try await RedisCeilings(scale: scale, server: server, table: table).run()
            try CeleryPeer(scale: scale, server: server, table: table).run()
        }
        if let server, let rabbitMQ, isWanted("rabbitmq") {
            try CeleryPeer(scale: scale, server: server, table: table, rabbitMQ: rabbitMQ).run([.enqueue, .drain])
        }
        if let server, isWanted("rq") { try await RQPeer(scale: scale, server: server, table: table).run() }
    }

    private func ceilings(_ server: RabbitMQServer, _ table: Table) async throws {
        for queues in RabbitMQQueues.allCases where isWanted(queues.rawValue) {
            try await RabbitMQCeilings(scale: scale, server: server, table: table, queues: queues).run()
        }
    }

    private func isWanted(_ name: String) -> Bool { only == nil || only == name }
}

/// Groups of rows that are measured together.
enum Rows: String, Sendable {
    case footprints, enqueues, drains, defaults, latencies, processes, beats, canvas
    /// Measured only when asked for: it takes as long as all others.
    case growth
    /// Those of RabbitMQ and PostgreSQL.
    case ceilings
    /// That of PostgreSQL.
    case pressure
}

/// The amount of work in each measurement.
struct Scale: Sendable {
    var isQuick: Bool
    /// The only rows to measure; `nil` for all rows.
    var rows: Rows?

    func measures(_ rows: Rows) -> Bool { self.rows.map { $0 == rows } ?? true }

    var single: Int { isQuick ? 500 : 4000 }
    var concurrent: Int { isQuick ? 6400 : 64_000 }
    var bulk: Int { isQuick ? 20_000 : 100_000 }
    var smallBacklog: Int { 10_000 }
    var largeBacklog: Int { min(mostWaiting, isQuick ? 100_000 : 1_000_000) }
    /// The maximum number of waiting calls: with some brokers, a million of them need more memory than the machine has.
    var mostWaiting = Int.max
    var chords: Int { isQuick ? 20 : 300 }
    var chains: Int { isQuick ? 200 : 3000 }
    var roundTrips: Int { isQuick ? 300 : 2000 }
    var starts: Int { isQuick ? 60 : 300 }
    var idleSeconds: Int { isQuick ? 3 : 10 }
    /// The number of starts at a hundred a second.
    var paced: Int { isQuick ? 200 : 1000 }
    var crashes: Int { isQuick ? 10 : 50 }
    var peer: Int { isQuick ? 2000 : 10_000 }
    /// The number of jobs for RQ's workers, which take 3 to 15 ms for each.
    var rqPeer: Int { isQuick ? 200 : 600 }
}

/// Does nothing, so that only the overhead is measured.
@Task(name: "bench.nothing")
func nothing(_ number: Int) -> Int { number }

/// Returns the time of its start, on the clock that all processes of a machine share.
@Task(name: "bench.started")
func started() -> Double { SystemTime().uptime.seconds }

enum Machine {
    static var description: String {
        let processors = ProcessInfo.processInfo.activeProcessorCount
        let memory = ProcessInfo.processInfo.physicalMemory >> 30
        let model = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?
            .split(separator: "\n").first { $0.hasPrefix("model name") }?
            .split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
        return "machine: \(processors) cores, \(memory) GiB, \(model ?? "unknown processor"); "
            + ProcessInfo.processInfo.operatingSystemVersionString
    }

    /// The resident memory of this process, in bytes.
    static var residentBytes: Int {
        let words = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ")
        return (words.flatMap { $0.count > 1 ? Int($0[1]) : nil } ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// Returns the peak resident memory of a process, in bytes.
    static func peakBytes(of pid: Int32) -> Int {
        let lines = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8))?.split(separator: "\n") ?? []
        let words = lines.first { $0.hasPrefix("VmHWM:") }?.split(separator: " ") ?? []
        return (words.count > 1 ? Int(words[1]) ?? 0 : 0) << 10
    }

    /// Returns the processor time that a process has used, in seconds.
    ///
    /// - Parameter withEnded: whether that of its ended children counts too.
    static func processorSeconds(of pid: Int32, withEnded: Bool = false) -> Double {
        let text = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
        let words = text.split(separator: ")").last?.split(separator: " ") ?? []
        let ticks = words.dropFirst(11).prefix(withEnded ? 4 : 2).compactMap { Double($0) }
        return ticks.reduce(0, +) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}
