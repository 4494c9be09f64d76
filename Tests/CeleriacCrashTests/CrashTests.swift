import Celeriac
import CeleriacSQLite
import Foundation
import Testing

/// Real processes, real kills: what is accepted is never lost.
@Suite("kill -9", .serialized)
struct CrashTests {
    @Test("60 kills at random moments while 1,500 tasks run lose none and repeat few", .timeLimit(.minutes(15)))
    func kills() async throws {
        let field = try Field()
        defer { field.clear() }
        try await Self.expectNoneLost(field, of: 1_500, kills: 60)
    }

    /// Kills workers one after another in the midst of their work, and expects each task to have run, and its result.
    static func expectNoneLost(_ field: Field, of count: Int, kills: Int) async throws {
        let slots = 8
        let lease = Duration.milliseconds(1500)
        let app = try field.app()
        let results = try await app.send(
            (0..<count).map { Signature<Int>("crash.mark", EncodedArguments(args: [.integer(Int64($0))])) })

        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed of the kills: \(seed)")
        try await offPool { try field.killWorkers(kills, slots: slots, lease: lease, seed: seed) }
        // The last victim's messages are back within its lease and two seconds: a survivor with free slots shows it.
        let survivor = try field.startWorker(concurrency: slots, lease: lease)
        defer { survivor.kill() }
        try await survivor.waitUntilReady()
        let lastKill = SystemTime().uptime
        var backAfter: Duration?
        for (number, result) in results.enumerated() {
            #expect(try await result.get(timeout: .seconds(60)) == number)
        }
        if try await app.queue(.default).counts.leased == 0 { backAfter = SystemTime().uptime - lastKill }

        let (starts, ends) = try field.journal()
        let lost = Set(0..<count).subtracting(ends)
        let repeats = starts.count - Set(starts).count
        let counts = try await app.queue(.default).counts
        print(
            "kills \(kills), tasks \(count), starts \(starts.count), repeats \(repeats), lost \(lost.count), "
                + "all settled \(backAfter.map { "\($0)" } ?? "not") after the last kill"
        )
        #expect(lost.isEmpty)
        #expect(repeats > 0, "no kill came while a task ran")
        #expect(repeats <= kills * slots)
        #expect(counts == QueueCounts())
    }

    @Test("a killed worker's tasks are with another one within its lease and two seconds", .timeLimit(.minutes(15)))
    func takeover() async throws {
        let field = try Field()
        defer { field.clear() }
        try await Self.expectTakeover(field)
    }

    /// Kills a worker that holds tasks, and expects another one to have them in time.
    static func expectTakeover(_ field: Field) async throws {
        let lease = Duration.milliseconds(1000)
        let app = try field.app()
        let victim = try field.startWorker(concurrency: 4, lease: lease)
        defer { victim.kill() }
        let results = try await app.send((0..<4).map { _ in Signature<Int>("crash.hold", .none) })
        for result in results {
            for try await update in result.updates where update.state == .started { break }
        }
        let heir = try field.startWorker(concurrency: 4, lease: lease)
        defer { heir.kill() }
        try await heir.waitUntilReady()
        victim.kill()
        let killed = SystemTime().uptime
        // The promise itself is a time: the limit is what is waited for, and nothing is measured below it.
        for result in results {
            let left = lease + .seconds(2) - (SystemTime().uptime - killed)
            #expect(try await result.get(timeout: left) == 2)
        }
    }
}
