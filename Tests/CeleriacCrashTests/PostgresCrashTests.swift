import Celeriac
import CeleriacCore
import CeleriacPostgres
import PostgresUnderTest
import TestKit
import Testing

/// What the other suites show on SQLite and Redis, on a PostgreSQL server of each test's own.
@Suite(
    "Real processes on PostgreSQL", .serialized,
    .enabled(if: PostgresServer.isExpected, "PostgreSQL is not installed"), .timeLimit(.minutes(30)))
struct PostgresCrashTests {
    @Test("workers killed at random moments while they drain a queue lose no task and repeat few")
    func kills() async throws {
        try await withField { field in
            try await CrashTests.expectNoneLost(
                field, of: LongRun.count(3_000, short: 600), kills: LongRun.count(100, short: 20))
        }
    }

    @Test("a killed worker's tasks are with another one within its lease and two seconds")
    func takeover() async throws {
        try await withField { try await CrashTests.expectTakeover($0) }
    }

    @Test("while one worker runs a task without an end in its only slot, the other runs everything else")
    func sharing() async throws {
        try await withField { try await SharingTests.expectSharing($0) }
    }

    @Test("chords whose workers are killed and frozen between claim and launch have each body launched once")
    func chords() async throws {
        try await withField { field in
            try await ChordCrashTests.expectEachBodyOnce(
                field, of: LongRun.count(200, short: 30), kills: LongRun.count(40, short: 10),
                freezes: LongRun.count(4, short: 1))
        }
    }

    @Test("three beats, killed at random on a schedule of one second, publish each of its instants once")
    func beats() async throws {
        try await withServer { server in
            try await BeatCrashTests.expectEachTickOnce(server.url(), kills: LongRun.count(100, short: 25))
        }
    }

    @Test("a server killed and started again under two worker processes loses no call, and both go on by themselves")
    func server() async throws {
        let (rounds, count) = (LongRun.count(20, short: 3), 100)
        try await withField { field, server in
            let app = try field.app()
            let workers = try (0..<2).map { _ in try field.startWorker(concurrency: 4, lease: .seconds(2)) }
            defer { for worker in workers { worker.kill() } }
            for worker in workers { try await worker.waitUntilReady() }
            for round in 0..<rounds {
                let numbers = (round * count)..<((round + 1) * count)
                let results = try await app.send(
                    numbers.map { Signature<Int>("crash.mark", EncodedArguments(args: [.integer(Int64($0))])) })
                // Some have run, and others have not.
                while (try? field.journal().ends.count) ?? 0 < numbers.lowerBound + count / 4 {
                    try await SystemTime().sleep(for: .milliseconds(5))
                }
                try await server.kill()
                try await server.start()
                for (number, result) in zip(numbers, results) { #expect(try await value(of: result) == number) }
            }
            for worker in workers { #expect(worker.isRunning) }
            let (starts, ends) = try field.journal()
            print("server killed \(rounds) times: tasks \(rounds * count), starts \(starts.count), lost 0")
            #expect(Set(ends).count == rounds * count)
        }
    }

    /// Asks again while the server is on its way back.
    private func value(of result: AsyncResult<Int>) async throws -> Int {
        while true {
            do { return try await result.get(timeout: .seconds(60)) } catch let error as BrokerError {
                guard error.isTransient else { throw error }
            }
        }
    }

    @Test("what a task writes in its transaction is there once, although workers are killed before they commit it")
    func effects() async throws {
        try await withField { field, server in
            try await server.psql("CREATE TABLE effect (number int8)")
            let app = try field.app()
            let (count, kills) = (LongRun.count(1_000, short: 200), LongRun.count(40, short: 10))
            let results = try await app.send(
                (0..<count).map { Signature<Int>("crash.effect", EncodedArguments(args: [.integer(Int64($0))])) })

            let lease = Duration.milliseconds(1500)
            let seed = UInt64.random(in: 0...UInt64.max)
            print("seed of the kills: \(seed)")
            // So few that those which hold a transaction open do not take all the server's connections.
            try await offPool { try field.killWorkers(kills, slots: 4, lease: lease, seed: seed) }
            // What is held for the first time from now on, is held until this one is killed.
            var workers: [WorkerProcess] = []
            defer { for worker in workers { worker.kill() } }
            while try await app.queue(.default).counts != QueueCounts() {
                workers.append(try field.startWorker(concurrency: 8, lease: lease))
                try await untilStuck(app, field)
                workers.last?.kill()
            }
            for (number, result) in results.enumerated() {
                #expect(try await result.get(timeout: .seconds(60)) == number)
            }

            let (starts, ends) = try field.journal()
            print("killed \(kills + workers.count) times with open transactions: writes \(starts.count) of \(count)")
            #expect(starts.count > count + count / 20 && Set(ends).count == count)
            let rows = try await server.psql("SELECT number FROM effect ORDER BY number")
            #expect(rows.split(separator: "\n").compactMap { Int($0) } == Array(0..<count))
        }
    }

    /// Waits until nothing has happened for a while: all slots hold, or nothing is left.
    private func untilStuck(_ app: TaskApp, _ field: Field) async throws {
        var (seen, quiet) = (0, 0)
        while quiet < 30 {
            try await SystemTime().sleep(for: .milliseconds(100))
            let lines = try field.journal().starts.count
            quiet = lines == seen ? quiet + 1 : 0
            seen = lines
            if try await app.queue(.default).counts == QueueCounts() { return }
        }
    }

    private func withField(_ body: (Field) async throws -> Void) async throws {
        try await withField { field, _ in try await body(field) }
    }

    private func withField(_ body: (Field, PostgresServer) async throws -> Void) async throws {
        try await withServer { server in
            let field = try Field(server: server.url())
            defer { field.clear() }
            try await body(field, server)
        }
    }

    /// Each with a server of its own: what killed processes leave behind there ends with it.
    private func withServer(_ body: (PostgresServer) async throws -> Void) async throws {
        try await PostgresServer.run { server in
            let store = try PostgresStore(url: server.url())
            try await store.migrate()
            store.close()
            try await body(server)
        }
    }
}
