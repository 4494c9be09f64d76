import Celeriac
import CeleriacCore
import Foundation
import RedisUnderTest
import Testing

/// Real workers, killed and frozen at any moment, most often between their claim of a chord and its launch: each body is
/// launched once, with all results in order.
@Suite("Chords under kill -9", .serialized, .timeLimit(.minutes(15)))
struct ChordCrashTests {
    @Test("200 chords of 100 parts, with 40 kills of their workers at random, in SQLite")
    func sqlite() async throws {
        let field = try Field()
        defer { field.clear() }
        try await Self.expectEachBodyOnce(field)
    }

    @Test("200 chords of 100 parts, with 40 kills of their workers at random, in Redis")
    func redis() async throws {
        try await RedisServer.run { server in
            let field = try Field(server: server.url)
            defer { field.clear() }
            try await Self.expectEachBodyOnce(field)
        }
    }

    /// Kills and freezes workers that run chords, and expects each of the bodies once.
    static func expectEachBodyOnce(
        _ field: Field, of count: Int = 200, parts: Int = 100, kills: Int = 40, freezes: Int = 4
    ) async throws {
        let app = try field.app()
        var bodies: [AsyncResult<Int>] = []
        for number in 0..<count { bodies.append(try await app.send(chord(number, of: parts))) }

        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed of the kills: \(seed)")
        let workers = ChordWorkers(field, count: 3, seed: seed)
        defer { workers.killAll() }
        let killed = try await offPool {
            try workers.harass(kills: kills, freezes: freezes, untilLaunched: count)
        }
        for (number, body) in bodies.enumerated() { #expect(try await body.get(timeout: .seconds(90)) == number) }

        // Who was frozen with a claim in hand goes on now that others have launched what it had claimed. It launches one chord
        // after the other: once this one's body has run, it has tried.
        let frozen = workers.frozenCount
        while let probe = workers.thawNext() {
            #expect(try await app.send(chord(probe, of: parts)).get(timeout: .seconds(60)) == probe)
        }
        while try await app.queue(.default).counts != QueueCounts() { try await Pause.briefly() }

        let runs = try field.bodyRuns().filter { $0.chord < count }
        let launches = runs.filter { $0.delivery == 1 }.map(\.chord)
        print(
            "kills \(killed), freezes \(frozen), bodies launched \(launches.count), "
                + "delivered again \(runs.count - launches.count)")
        #expect(Set(runs.map(\.chord)) == Set(0..<count))
        #expect(launches.count == Set(launches).count, "a body was launched twice")
        #expect(runs.filter { !$0.isWhole }.map(\.chord) == [], "results are missing or out of order")
        let store = try #require(app.results as? any ChordStore)
        #expect(try await store.claimChords(upTo: 1, lease: .seconds(1)) == [])
        #expect(killed > kills / 2)
        #expect(frozen > 0)
    }

    private static func chord(_ number: Int, of parts: Int) -> Chord<Int> {
        let first = number * parts
        let header = (first..<(first + parts)).map {
            Signature<Int>("crash.part", EncodedArguments(args: [.integer(Int64($0))]))
        }
        let numbers: JSONObject = [
            "chord": .integer(Int64(number)), "first": .integer(Int64(first)), "size": .integer(Int64(parts)),
        ]
        return Celeriac.chord(header, then: Step<[Int], Int>("crash.body", kwargs: numbers))
    }
}

/// One delivery of a chord's body, as its task has noted it.
private struct BodyRun {
    let chord: Int
    let delivery: Int
    let isWhole: Bool

    /// `=7 1 whole`
    init?(_ line: Substring) {
        let words = line.dropFirst().split(separator: " ")
        guard line.first == "=", words.count == 3, let chord = Int(words[0]), let delivery = Int(words[1]) else {
            return nil
        }
        self.chord = chord
        self.delivery = delivery
        isWhole = words[2] == "whole"
    }
}

extension Field {
    fileprivate func bodyRuns() throws -> [BodyRun] {
        try String(contentsOfFile: journalPath, encoding: .utf8).split(separator: "\n").compactMap(BodyRun.init)
    }
}

/// Workers in processes of their own, of which a lost one is replaced at once.
private final class ChordWorkers: @unchecked Sendable {
    // Used by one thread at a time: the test's, or the one that it waits for.
    private var running: [WorkerProcess] = []
    private var frozen: [WorkerProcess] = []
    private var journal: JournalTail
    private var chance: UInt64
    private let field: Field
    private let count: Int
    private var lastProbe = 1_000_000

    init(_ field: Field, count: Int, seed: UInt64) {
        self.field = field
        self.count = count
        chance = seed
        journal = JournalTail(path: field.journalPath)
    }

    var frozenCount: Int { frozen.count }

    /// Kills and freezes until so many were killed, or so many bodies have started. Blocks.
    ///
    /// - Returns: how many were killed.
    func harass(kills: Int, freezes: Int, untilLaunched bodies: Int) throws -> Int {
        running = try (0..<count).map { _ in try start() }
        var (killed, launched, quiet) = (0, Set<Int>(), 0)
        while killed < kills, launched.count < bodies {
            let lines = journal.next()
            launched.formUnion(lines.compactMap { BodyRun($0)?.chord })
            quiet = lines.isEmpty ? quiet + 1 : 0
            guard let launcher = lines.last.flatMap(launcher) else {
                if quiet.isMultiple(of: 10_000), quiet > 0 { try rouse(quiet) }
                usleep(500)
                continue
            }
            switch draw(4) {
            case 0: usleep(UInt32(draw(100_000)))
            case 1 where frozen.count < freezes: try freeze(launcher)
            case 2:
                try kill(draw(running.count))
                killed += 1
            default:
                try kill(launcher)
                killed += 1
            }
        }
        return killed
    }

    /// For seconds nothing has happened: somebody who is frozen has the database locked after all, and those who waited for it may
    /// have left.
    private func rouse(_ quiet: Int) throws {
        guard quiet < 100_000 else { throw Stalled() }
        for worker in frozen { worker.kill() }
        frozen = []
        for index in running.indices where !running[index].isRunning { running[index] = try start() }
    }

    /// Leaves nobody but the next of those that were frozen.
    ///
    /// - Returns: the number of a chord to send to it; `nil` once there is none.
    func thawNext() -> Int? {
        for worker in running { worker.kill() }
        running = frozen.popLast().map { [$0] } ?? []
        guard let worker = running.first else { return nil }
        worker.thaw()
        lastProbe += 1
        return lastProbe
    }

    func killAll() { for worker in running + frozen { worker.kill() } }

    /// The worker that says that it launches a body now: `?4711`.
    private func launcher(_ line: Substring) -> Int? {
        guard line.first == "?", let pid = Int32(line.dropFirst()) else { return nil }
        return running.firstIndex { $0.pid == pid }
    }

    private func kill(_ index: Int) throws {
        running[index].kill()
        running[index] = try start()
    }

    private func freeze(_ index: Int) throws {
        let worker = running[index]
        worker.freeze()
        // Within a transaction it would keep the database locked for all others.
        guard journal.grows(within: 1) else { return worker.thaw() }
        frozen.append(worker)
        running[index] = try start()
    }

    private func start() throws -> WorkerProcess { try field.startWorker(concurrency: 16, lease: .milliseconds(1500)) }

    private func draw(_ limit: Int) -> Int {
        chance = chance &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((chance >> 33) % UInt64(limit))
    }
}

/// Reads on in a journal that others write.
private struct JournalTail {
    let path: String
    private var offset: UInt64 = 0

    init(path: String) { self.path = path }

    /// The whole lines that have come since the last time.
    mutating func next() -> [Substring] {
        let text = rest
        guard let end = text.lastIndex(of: "\n") else { return [] }
        offset += UInt64(text[...end].utf8.count)
        return text[..<end].split(separator: "\n")
    }

    /// Whether more comes. Blocks.
    func grows(within seconds: Int) -> Bool {
        let before = rest.utf8.count
        for _ in 0..<(seconds * 1000) {
            if rest.utf8.count > before { return true }
            usleep(1000)
        }
        return false
    }

    private var rest: String {
        guard let file = FileHandle(forReadingAtPath: path) else { return "" }
        defer { try? file.close() }
        guard (try? file.seek(toOffset: offset)) != nil, let bytes = try? file.readToEnd() else { return "" }
        return String(decoding: bytes, as: UTF8.self)
    }
}
