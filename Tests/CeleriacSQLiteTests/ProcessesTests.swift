import CeleriacCore
import CeleriacTesting
import Foundation
import GRDB
import Synchronization
import Testing

@testable import CeleriacSQLite

/// Two stores on one file share nothing but the file: what holds for them holds for two processes. The clock of these
/// tests stands still unless moved, so that no poll hides a bell that does not ring.
@Suite("Two processes on one file", .serialized, .timeLimit(.minutes(15)))
struct ProcessesTests {
    @Test("a publication by one wakes a consumer of the other")
    func messages() async throws {
        let scratch = try Scratch()
        let (here, there) = (try scratch.store(), try scratch.store())
        for round in 0..<20 {
            async let claimed = here.withConsumer(ConsumerTerms([.default], lease: .seconds(30))) { consumer in
                let deliveries = try await consumer.next(upTo: 1, from: [.default], wait: true)
                _ = try await consumer.settle(deliveries.map { ($0.receipt, .ack) })
                return deliveries.map(\.id)
            }
            try await there.publish([.sample(TaskID("\(round)"))])
            #expect(try await claimed == [TaskID("\(round)")])
        }
    }

    @Test("a record by one wakes who waits for it in the other")
    func records() async throws {
        let scratch = try Scratch()
        let time = ManualTime()
        let (here, there) = (try scratch.store(time: time), try scratch.store(time: time))
        for round in 0..<20 {
            let id = TaskID("\(round)")
            async let next = here.nextRecord(of: id, after: nil)
            try await there.record([StateChange(id: id, state: .success, at: time.now)])
            #expect(try await next?.state == .success)
        }
    }

    @Test("a revocation by one wakes the workers of the other")
    func revocations() async throws {
        let scratch = try Scratch()
        let time = ManualTime()
        let (here, there) = (try scratch.store(time: time), try scratch.store(time: time))
        async let generation = here.nextRevocation(after: 0)
        try await there.revoke(["a"], terminate: true, until: time.now.adding(.hours(1)))
        #expect(try await generation == 1)
    }

    @Test("a lease made by one lapses for the other, and its holder is told")
    func leases() async throws {
        let scratch = try Scratch()
        let time = ManualTime()
        let (here, there) = (try scratch.store(time: time), try scratch.store(time: time))
        try await here.publish([.sample("a")])
        try await here.withConsumer(ConsumerTerms([.default], lease: .seconds(30))) { consumer in
            let receipt = try await consumer.next(upTo: 1, from: [.default], wait: false)[0].receipt
            #expect(try await there.drain() == [])
            await time.advance(by: .seconds(30))
            #expect(try await there.drain() == ["a"])
            #expect(try await consumer.settle([(receipt, .ack)]) == [receipt])
        }
    }

    @Test("a lapsed message that was swept but not claimed is still its holder's")
    func sweptButNotClaimed() async throws {
        let scratch = try Scratch()
        let time = ManualTime()
        let (here, there) = (try scratch.store(time: time), try scratch.store(time: time))
        try await here.publish([.sample("a"), .sample("b")])
        try await here.withConsumer(ConsumerTerms([.default], lease: .seconds(30))) { consumer in
            let held = try await consumer.next(upTo: 2, from: [.default], wait: false).map(\.receipt)
            await time.advance(by: .seconds(30))
            #expect(try await there.drain("other") == [])
            #expect(try await consumer.extendLeases([held[0]], by: .seconds(30)) == [])
            #expect(try await consumer.settle(held.map { ($0, .ack) }) == [])
        }
        #expect(try await here.counts(of: .default) == QueueCounts())
    }

    @Test("what a killed process held is back after its lease; what it had finished stays finished")
    func killed() async throws {
        let scratch = try Scratch()
        let time = ManualTime()
        let store = try scratch.store(time: time)
        try await store.publish([.sample("a"), .sample("b"), .sample("c")])
        let image = scratch.directory + "/image.sqlite"
        try await store.withConsumer(ConsumerTerms([.default], lease: .seconds(30))) { consumer in
            let deliveries = try await consumer.next(upTo: 2, from: [.default], wait: false)
            _ = try await consumer.settle([(deliveries[0].receipt, .ack)])
            // What SIGKILL leaves behind: the files as they are.
            for suffix in ["", "-wal"] {
                try FileManager.default.copyItem(atPath: scratch.path + suffix, toPath: image + suffix)
            }
        }
        let next = try scratch.store(at: image, time: time)
        #expect(try await next.drain() == ["c"])
        await time.advance(by: .seconds(30))
        #expect(try await next.drain() == ["b"])
    }

    @Test("a reboot ends all leases, whatever the uptime")
    func reboot() async throws {
        let scratch = try Scratch()
        let time = ManualTime()
        let before = try scratch.store(time: time) { $0.bootID = "one" }
        let after = try scratch.store(time: time) { $0.bootID = "two" }
        try await before.publish([.sample("a")])
        try await before.withConsumer(ConsumerTerms([.default], lease: .seconds(30))) { consumer in
            let held = try await consumer.next(upTo: 1, from: [.default], wait: false)
            #expect(held.map(\.id) == ["a"])
            #expect(try await after.drain() == ["a"])
        }
    }

    @Test("of what two hammer at once nothing is lost and nothing comes twice")
    func hammered() async throws {
        let scratch = try Scratch()
        let stores = [try scratch.store(), try scratch.store()]
        let total = 2_000
        let seen = Tally()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, store) in stores.enumerated() {
                group.addTask {
                    for id in 0..<(total / 2) / 10 {
                        try await store.publish((0..<10).map { .sample(TaskID("\(number)-\(id)-\($0)")) })
                    }
                }
                group.addTask {
                    while seen.count < total {
                        let ids = try await store.drain()
                        seen.add(ids)
                        await Task.yield()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(seen.repeated == [])
        #expect(try await stores[0].counts(of: .default) == QueueCounts())
    }
}

/// How often each call came.
private final class Tally: Sendable {
    private let counts = Guarded<[TaskID: Int]>([:])

    func add(_ ids: [TaskID]) {
        counts.withLock { counts in for id in ids { counts[id, default: 0] += 1 } }
    }

    var count: Int { counts.withLock { $0.count } }
    var repeated: [TaskID] { counts.withLock { counts in counts.filter { $0.value > 1 }.map(\.key) } }
}
