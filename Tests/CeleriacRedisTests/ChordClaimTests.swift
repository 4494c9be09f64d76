import CeleriacCore
import CeleriacTesting
import Foundation
import RESPClient
import Testing

@testable import CeleriacRedis

@Suite("Who launches a chord", .oneServer, .timeLimit(.minutes(15)))
struct ChordClaimTests {
    private let time = ManualTime()
    private let lease = Duration.seconds(10)

    private func key(_ store: RedisStore, _ group: String, _ suffix: String) -> String {
        store.keys.resultPrefix + "celery-taskset-meta-" + group + suffix
    }

    @Test("a chord is due with its last part, and its claim lapses")
    func claims() async throws {
        let store = try Stores.inVirtualTime(time)
        try await store.take([.open(.sample("g", size: 2)), .part(.sample("g", 1, "b"))])
        #expect(try await store.claimChords(upTo: 5, lease: lease).isEmpty)
        try await store.take([.part(.sample("g", 0, "a"))])
        let first = try #require(try await store.claimChords(upTo: 5, lease: lease).first)
        #expect(first.outcomes == ["a": "0", "b": "1"])
        #expect(first.size == 2)
        #expect(first.lastID == "a")
        #expect(first.rootID == "root")
        #expect(first.body == ChordOpening.sampleBody)
        await time.advance(by: lease - .milliseconds(1))
        #expect(try await store.claimChords(upTo: 5, lease: lease).isEmpty)
        await time.advance(by: .milliseconds(1))
        let second = try #require(try await store.claimChords(upTo: 5, lease: lease).first)
        #expect(second.claim != first.claim)
        #expect(second.parts == first.parts)
        await store.close()
    }

    @Test("a lost claim launches nothing")
    func lostClaim() async throws {
        let store = try Stores.inVirtualTime(time)
        try await store.take([.open(.sample("g", size: 1)), .part(.sample("g", 0, "a"))])
        let slow = try #require(try await store.claimChords(upTo: 5, lease: lease).first)
        await time.advance(by: lease)
        let quick = try #require(try await store.claimChords(upTo: 5, lease: lease).first)
        func launch(_ claim: String, _ id: TaskID) -> ChordLaunch {
            ChordLaunch(
                groupID: "g", claim: claim, publications: [.sample(id)],
                changes: [StateChange(id: id, state: "CUSTOM", at: time.now)], steps: [.open(.sample("\(id)", size: 1))]
            )
        }
        #expect(try await store.launch(launch(slow.claim, "slow")) == false)
        #expect(try await store.record(of: "slow")?.state == .pending)
        #expect(try await store.progress(ofChord: "slow") == nil)
        #expect(try await store.launch(launch(quick.claim, "quick")))
        #expect(try await store.launch(launch(quick.claim, "again")) == false)
        #expect(try await store.record(of: "quick")?.state == "CUSTOM")
        #expect(try await store.progress(ofChord: "quick")?.size == 1)
        #expect(try await store.drain() == ["quick"])
        await store.close()
    }

    @Test("a part that comes before its chord is open is counted, and makes it due when it is opened")
    func partFirst() async throws {
        let store = try Stores.inVirtualTime(time)
        try await store.take([.part(.sample("g", 0, "a"))])
        #expect(try await store.progress(ofChord: "g") == ChordProgress(size: nil, arrived: 1, isLaunched: false))
        #expect(try await store.claimChords(upTo: 5, lease: lease).isEmpty)
        try await store.take([.open(.sample("g", size: 1))])
        #expect(try await store.claimChords(upTo: 5, lease: lease).map(\.lastID) == ["a"])
        await store.close()
    }

    @Test("under a lost lease no part is counted, no failed call recorded")
    func lostLease() async throws {
        let store = try Stores.inVirtualTime(time)
        try await store.take([.open(.sample("g", size: 1))])
        try await store.publish([.sample("a")])
        try await store.consume { slow in
            let old = try await slow.claimOne()
            await time.advance(by: .seconds(30))
            try await store.consume { quick in
                let new = try await quick.claimOne()
                #expect(try await store.complete([completion(old, "slow")]) == [old.receipt])
                #expect(try await store.progress(ofChord: "g")?.arrived == 0)
                #expect(try await store.record(of: "slow")?.state == .pending)
                #expect(try await store.complete([completion(new, "quick")]).isEmpty)
            }
        }
        #expect(try await store.record(of: "quick")?.state == .failure)
        #expect(try await store.claimChords(upTo: 5, lease: lease).map(\.lastID) == ["quick"])
        #expect(try await store.drain() == ["after-quick"])
        await store.close()
    }

    private func completion(_ delivery: Delivery, _ name: TaskID) -> Completion {
        var completion = Completion(
            receipt: delivery.receipt, settlement: .ack,
            change: StateChange(id: delivery.id, state: .failure, at: time.now),
            continuation: [.sample(TaskID("after-\(name)"))])
        completion.failed = [StateChange(id: name, state: .failure, at: time.now)]
        completion.chordSteps = [.part(.sample("g", 0, name))]
        return completion
    }

    @Test("what a Python worker claimed and left is ours once its claim is over")
    func pythonDied() async throws {
        let store = try Stores.inVirtualTime(time)
        try await store.take([.open(.sample("g", size: 2)), .part(.sample("g", 0, "a"))])
        // What Celery's own script does with the last part.
        try await store.raw("ZADD", key(store, "g", ".j"), "1", #"[1, "b", "SUCCESS", 5]"#)
        try await store.raw("SET", key(store, "g", ".c"), "python")
        try await store.raw("SET", key(store, "g", ".c:expires"), "\((time.uptime + .seconds(36)).microseconds)")
        await time.advance(by: .seconds(30))
        #expect(try await store.claimChords(upTo: 5, lease: lease).isEmpty)
        await time.advance(by: .seconds(6))
        let chord = try #require(try await store.claimChords(upTo: 5, lease: lease).first)
        #expect(chord.outcomes == ["a": "0", "b": "5"])
        await store.close()
    }

    @Test("a chord that Python has launched, or given up, is looked at no more", arguments: [".c", ".s"])
    func overInPython(suffix: String) async throws {
        let store = try Stores.inVirtualTime(time)
        try await store.take([.open(.sample("g", size: 2)), .part(.sample("g", 0, "a"))])
        try await store.raw("DEL", key(store, "g", ".s"))
        if suffix == ".c" { try await store.raw("SET", key(store, "g", ".c"), "done") }
        let open = store.keys.resultPrefix + "celeriac.chords.open"
        #expect(try await store.raw("ZCARD", open).integer == 1)
        await time.advance(by: .seconds(30))
        #expect(try await store.claimChords(upTo: 5, lease: lease).isEmpty)
        #expect(try await store.raw("ZCARD", open).integer == 0)
        #expect(try await store.progress(ofChord: "g")?.isLaunched == true)
        await store.close()
    }

    @Test("chords that are due are not kept waiting by those that are only open")
    func dueFirst() async throws {
        let store = try Stores.inVirtualTime(time)
        try await store.take((0..<150).map { .open(.sample("open\($0)", size: 2)) })
        await time.advance(by: .minutes(1))
        try await store.take([.open(.sample("due", size: 1)), .part(.sample("due", 0, "a"))])
        #expect(try await store.claimChords(upTo: 1, lease: lease).map(\.groupID) == ["due"])
        await store.close()
    }
}
