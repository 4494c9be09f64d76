import Celeriac
import CeleriacCore
import Foundation
import RedisUnderTest
import Synchronization
import TestKit
import Testing

/// Real beats, killed, frozen and started again: each instant is published once, whoever is left.
@Suite("Beats under kill -9", .serialized, .timeLimit(.minutes(15)))
struct BeatCrashTests {
    @Test("three beats, killed 100 times at random on a schedule of one second, in SQLite")
    func sqlite() async throws {
        let field = try Field()
        defer { field.clear() }
        try await Self.expectEachTickOnce("sqlite:///\(field.database)")
    }

    @Test("three beats, killed 100 times at random on a schedule of one second, in Redis")
    func redis() async throws {
        try await RedisServer.run { server in try await Self.expectEachTickOnce(server.url) }
    }

    /// Kills three beats on a schedule of one second, and expects each of its instants once.
    static func expectEachTickOnce(_ url: String, kills: Int = 100) async throws {
        let app = try TaskApp(url, schemes: Field.schemes, options: AppOptions(discoversTasks: false))
        let entry = ScheduleEntry(
            "second", .every(.seconds(1)), task: "tick", queue: "ticks", missed: .runAll(max: 1000))
        try await app.timetable.put(entry)
        let journal = TickJournal()
        let reading = Task { try await journal.read(from: app) }
        defer { reading.cancel() }

        let beats = BeatProcesses(url, count: 3)
        defer { beats.killAll() }
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed of the kills: \(seed)")
        let frozen = try await offPool { try beats.kill(kills, seed: seed) }
        let lastKill = SystemTime().now
        while (journal.ticks.max() ?? .distantPast) < lastKill.addingTimeInterval(1) { try await Pause.briefly() }

        let ticks = journal.ticks
        let state = try #require(try await app.timetable.entry("second")?.state)
        let first = state.firstSeen
        let numbers = ticks.map { Int(($0.timeIntervalSince(first)).rounded()) }
        let last = numbers.max() ?? 0
        print("kills \(kills), freezes \(frozen), seconds \(last), calls \(numbers.count)")
        #expect(numbers.sorted() == Array(1...max(1, last)))
        #expect(zip(ticks, numbers).allSatisfy { $0 == first.addingTimeInterval(Double($1)) })
    }
}

/// The ticks whose calls have come, in the order of their coming.
private final class TickJournal: Sendable {
    private let state = Mutex<[Date]>([])

    var ticks: [Date] { state.withLock { $0 } }

    /// Takes calls off their queue as they come, so that no id of one stands in the way of another.
    func read(from app: TaskApp) async throws {
        try await app.broker.withConsumer(ConsumerTerms(["ticks"], lease: .seconds(60))) { consumer in
            while true {
                let deliveries = try await consumer.next(upTo: 100, from: ["ticks"], wait: true)
                let texts = deliveries.map { $0.envelope.headers.extra["x_beat"]?["tick"]?.stringValue ?? "" }
                _ = try await consumer.settle(deliveries.map { ($0.receipt, .ack) })
                state.withLock { $0 += texts.map { ISODate.parse($0) ?? .distantPast } }
            }
        }
    }
}

/// Beats in processes of their own: `celeriac beat`.
private final class BeatProcesses: @unchecked Sendable {
    // Used by one thread at a time: the test's, or the one that it waits for.
    private var processes: [Process] = []
    private let url: String

    init(_ url: String, count: Int) {
        self.url = url
        processes = (0..<count).map { _ in Process() }
    }

    /// Kills one after the other at random moments, and starts it again at once; freezes others for a while. Blocks.
    ///
    /// - Returns: how many were frozen.
    func kill(_ kills: Int, seed: UInt64) throws -> Int {
        for index in processes.indices { try start(index) }
        var chance = seed
        func draw(_ limit: Int) -> Int {
            chance = chance &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((chance >> 33) % UInt64(limit))
        }
        var (frozen, freezes) = (nil as Int?, 0)
        for number in 0..<kills {
            usleep(UInt32(draw(600_000)))
            if number % 8 == 0 {
                frozen = draw(processes.count)
                freezes += 1
                Foundation.kill(processes[frozen ?? 0].processIdentifier, SIGSTOP)
            } else if number % 8 == 4, let index = frozen.take() {
                Foundation.kill(processes[index].processIdentifier, SIGCONT)
            }
            let victim = draw(processes.count)
            if victim == frozen { frozen = nil }
            end(victim)
            try start(victim)
        }
        if let frozen { Foundation.kill(processes[frozen].processIdentifier, SIGCONT) }
        return freezes
    }

    func killAll() { for index in processes.indices { end(index) } }

    private func start(_ index: Int) throws {
        let process = Process()
        process.executableURL = builtProgram("celeriac")
        process.arguments = ["beat", "--max-interval", "100ms", "--log-level", "critical"]
        process.environment = ProcessInfo.processInfo.environment.merging(["CELERIAC_BROKER_URL": url]) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.begin()
        processes[index] = process
    }

    /// SIGKILL. The process is gone when the call returns.
    private func end(_ index: Int) {
        let process = processes[index]
        guard process.isRunning else { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
