import CeleriacCore
import CeleriacTesting
import Foundation
import Logging
import Testing

@testable import CeleriacPostgres

@Suite("A client's clock that is off by an hour changes nothing", .serialized, .timeLimit(.minutes(15)))
struct ClockTests {
    /// The clocks of this machine, with a wall clock that shows another time.
    struct SkewedTime: TimeSource {
        let skew: Duration
        private let right = SystemTime()

        init(skew: Duration) { self.skew = skew }

        var now: Date { right.now.adding(skew) }
        var uptime: Duration { right.uptime }
        func sleep(for duration: Duration) async throws { try await right.sleep(for: duration) }
    }

    private static let skews: [Duration] = [.hours(-1), .zero, .hours(1)]

    private func withStore(
        _ skew: Duration, _ body: (PostgresStore) async throws -> Void
    ) async throws -> [String] {
        let log = LogLines(from: .warning)
        try await Stores.withStore { migrated, server, database in
            let store = try PostgresStore(
                Stores.configuration(server, database), options: .tests, time: SkewedTime(skew: skew),
                logger: log.logger)
            defer { store.close() }
            try await body(store)
        }
        return log.lines
    }

    /// Expects that an instant lies so many seconds ahead on the server; the machine may have lost some of them.
    private func expectAhead(_ expression: String, _ seconds: Double, _ store: PostgresStore) async throws {
        let ahead = try await store.query("SELECT extract(epoch FROM (SELECT \(expression)))::float8").first?.double(0)
        #expect(ahead.map { (seconds - 25...seconds + 2).contains($0) } == true, "\(expression): \(ahead ?? .nan) s")
    }

    @Test("a countdown is as long as it says, whatever the clock shows", arguments: skews)
    func countdowns(skew: Duration) async throws {
        let warnings = try await withStore(skew) { store in
            let due = store.time.now.adding(.milliseconds(300))
            try await store.publish([.call("soon", notBefore: due)])
            try await expectAhead("not_before - enqueued_at FROM celeriac.call", 0.3, store)
            try await store.publish([.call("later", notBefore: store.time.now.adding(.seconds(100)))])
            try await expectAhead("max(due) - now() FROM celeriac.delayed", 100, store)
            let message = try #require(try await store.message(of: "later"))
            #expect(abs(try #require(message.notBefore).timeIntervalSince(store.time.now) - 100) < 25)
            #expect(abs(message.enqueuedAt.timeIntervalSince(store.time.now)) < 25)
        }
        let count = warnings.count { $0.contains("clocks of PostgreSQL and of this machine differ") }
        #expect(count == (skew == .zero ? 0 : 1))
    }

    @Test("a lease lasts as long as it says, and so do the pauses of retries and releases", arguments: skews)
    func leases(skew: Duration) async throws {
        _ = try await withStore(skew) { store in
            try await store.publish([.call("a"), .call("b"), .call("c")])
            try await store.withConsumer(ConsumerTerms([.default], lease: .seconds(100))) { consumer in
                let claimed = try await consumer.next(upTo: 3, from: [.default], wait: true)
                #expect(claimed.count == 3)
                try await expectAhead("min(expires) - now() FROM celeriac.lease", 100, store)
                #expect(try await consumer.extendLeases(claimed.map(\.receipt), by: .seconds(1_000)) == [])
                try await expectAhead("min(expires) - now() FROM celeriac.lease", 1_000, store)
                let settlements: [Settlement] = [
                    .retry(claimed[0].envelope, notBefore: store.time.now.adding(.seconds(100))),
                    .release(notBefore: store.time.now.adding(.seconds(200))), .deadLetter(reason: "broken"),
                ]
                #expect(try await consumer.settle(zip(claimed.map(\.receipt), settlements).map { ($0, $1) }) == [])
            }
            try await expectAhead("min(due) - now() FROM celeriac.delayed", 100, store)
            try await expectAhead("max(due) - now() FROM celeriac.delayed", 200, store)
            let letter = try #require(try await store.deadLetter(of: "c"))
            #expect(abs(letter.diedAt.timeIntervalSince(store.time.now)) < 25)
        }
    }

    @Test("results, revocations and workers expire when they should, and limits hold", arguments: skews)
    func expiries(skew: Duration) async throws {
        _ = try await withStore(skew) { store in
            let end = store.time.now.adding(.seconds(100))
            let change = StateChange(id: "a", state: .success, at: store.time.now, expires: end)
            try await store.record([change])
            try await expectAhead("expires - now() FROM celeriac.call", 100, store)
            #expect(try await store.record(of: "a")?.state == .success)
            try await store.revoke(["a"], terminate: false, until: end)
            try await expectAhead("until - now() FROM celeriac.revocation", 100, store)
            let until = try await store.revocations(among: ["a"])["a"]?.until
            #expect(until.map { abs($0.timeIntervalSince(end)) < 5 } == true)
            try await store.beat(
                WorkerStatus(
                    name: "w", host: "h", pid: 1, startedAt: store.time.now, lastBeat: store.time.now, expires: end))
            #expect(try await store.workers().map(\.name) == ["w"])
            try await expectAhead("expires - now() FROM celeriac.worker", 100, store)
            try await store.take([.open(ChordOpening(groupID: "g", size: 2, body: [0x7B, 0x7D], expires: end))])
            try await expectAhead("expires - now() FROM celeriac.chord", 100, store)
            #expect(try await store.progress(ofChord: "g") != nil)
            #expect(try await store.reserveStart(of: "a", under: "limit", every: .seconds(100)) == nil)
            let next = try #require(try await store.reserveStart(of: "b", under: "limit", every: .seconds(100)))
            #expect(abs(next.timeIntervalSince(store.time.now) - 100) < 25)
        }
    }
}
