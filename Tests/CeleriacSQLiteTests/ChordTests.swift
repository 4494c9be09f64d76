import CeleriacCore
import CeleriacTesting
import Foundation
import GRDB
import Testing

@testable import CeleriacSQLite

@Suite("Chords in a file", .serialized, .timeLimit(.minutes(15)))
struct ChordTests {
    private let scratch: Scratch
    private let time = ManualTime()

    init() throws { scratch = try Scratch() }

    private let lease = Duration.seconds(30)
    private let body = Array(#"{"task":"tests.body"}"#.utf8)

    private func opening(_ group: String = "g", size: Int = 2, header: CanvasResult? = nil) -> ChordStep {
        .open(
            ChordOpening(
                groupID: group, size: size, body: body, rootID: "root", header: header,
                expires: time.now.adding(.hours(1))))
    }

    private func part(
        _ id: TaskID, _ index: Int? = 0, of group: String = "g", _ result: ChordReport.Result = .success([0x37])
    ) -> ChordStep {
        .part(
            ChordReport(
                groupID: group, index: index, id: id, result: result, body: body, rootID: "root",
                expires: time.now.adding(.hours(1))))
    }

    private func claim(_ store: SQLiteStore) async throws -> ClaimedChord? {
        try await store.claimChords(upTo: 10, lease: lease).first
    }

    private func launch(_ chord: ClaimedChord) -> ChordLaunch {
        ChordLaunch(
            groupID: chord.groupID, claim: chord.claim, publications: [.sample("body")],
            changes: [StateChange(id: "never", state: .failure, at: time.now)], steps: [part("body", of: "outer")])
    }

    private func rows(of table: String) throws -> Int? {
        try scratch.change { try Int.fetchOne($0, sql: "SELECT count(*) FROM celeriac_\(table)") }
    }

    // MARK: One after the other

    @Test("a chord with every kind of part survives the end of the process")
    func survives() async throws {
        let header = CanvasResult(
            "g", members: [CanvasResult("a"), CanvasResult("inner", members: [CanvasResult("b")])],
            parents: [CanvasResult("before")])
        let failure = TaskFailure(type: "Oops", module: "tests", message: "it \"broke\"")
        let store = try scratch.store(time: time)
        try await store.take([opening(size: 3, header: header), part("a", 0), part("b", 1, .failure(failure))])
        store.close()
        let again = try scratch.store(time: time)
        #expect(try await claim(again) == nil)
        try await again.take([part("c", nil, .revoked(failure))])
        let chord = try #require(try await claim(again))
        let expected = ClaimedChord(
            groupID: "g", claim: chord.claim, size: 3, body: body, rootID: "root", lastID: "c", header: header,
            parts: [
                .init(index: 0, id: "a", result: .success([0x37])), .init(index: 1, id: "b", result: .failure(failure)),
                .init(index: nil, id: "c", result: .revoked(failure)),
            ])
        #expect(chord == expected)
    }

    @Test("one that two stores extend, report and launch is launched once, and late parts change nothing")
    func twoStores() async throws {
        let (here, there) = (try scratch.store(time: time), try scratch.store(time: time))
        try await here.take([part("a", 0)])
        try await there.take([opening(size: 1), .extend(groupID: "g", count: 1, by: "a")])
        try await here.take([opening(size: 7), .extend(groupID: "g", count: 1, by: "a"), part("a", 0)])
        #expect(try await there.progress(ofChord: "g") == ChordProgress(size: 2, arrived: 1, isLaunched: false))
        try await there.take([part("a", 1)])
        async let mine = here.claimChords(upTo: 10, lease: lease)
        async let theirs = there.claimChords(upTo: 10, lease: lease)
        let claims = try await mine + theirs
        #expect(claims.map(\.parts.count) == [2])
        #expect(try await there.launch(launch(claims[0])))
        try await here.take([opening(), .extend(groupID: "g", count: 3, by: "b"), part("late", 1)])
        #expect(try await here.progress(ofChord: "g") == ChordProgress(size: 2, arrived: 2, isLaunched: true))
        #expect(try await claim(here) == nil)
        #expect(try await here.drain() == ["body"])
    }

    @Test("what a launched chord was made of is deleted with its launch")
    func clears() async throws {
        let store = try scratch.store(time: time)
        try await store.take([opening(size: 1), .extend(groupID: "g", count: 1, by: "a"), part("a"), part("b")])
        let chord = try #require(try await claim(store))
        let launch = ChordLaunch(groupID: "g", claim: chord.claim)
        #expect(try await store.launch(launch))
        #expect(try await !store.launch(launch))
        for table in ["chord_parts", "chord_extensions", "chord_bodies"] { #expect(try rows(of: table) == 0) }
    }

    @Test("chords come in the order in which they became due, whatever the clock says")
    func order() async throws {
        let store = try scratch.store(time: time)
        try await store.take(["a", "b", "c"].map { opening($0, size: 1) })
        try await store.take(["c", "a", "b"].map { part("call", of: $0) })
        #expect(try await store.claimChords(upTo: 2, lease: lease).map(\.groupID) == ["c", "a"])
        #expect(try await store.claimChords(upTo: 2, lease: lease).map(\.groupID) == ["b"])
    }

    // MARK: Claims

    @Test("a claim that lapses is another's, and whoever lost it launches nothing")
    func lostClaim() async throws {
        let (here, there) = (try scratch.store(time: time), try scratch.store(time: time))
        try await here.take([opening(size: 1), part("a")])
        let slow = try #require(try await claim(here))
        #expect(try await claim(there) == nil)
        await time.advance(by: lease)
        let quick = try #require(try await claim(there))
        #expect(try await !here.launch(launch(slow)))
        #expect(try await here.drain() == [])
        #expect(try await here.record(of: "never") == nil)
        #expect(try await here.progress(ofChord: "outer") == nil)
        #expect(try await there.launch(launch(quick)))
        #expect(try await here.drain() == ["body"])
        #expect(try await here.record(of: "never")?.state == .failure)
        #expect(try await here.progress(ofChord: "outer")?.arrived == 1)
    }

    @Test("a reboot ends all claims, whatever the uptime")
    func reboot() async throws {
        let before = try scratch.store(time: time) { $0.bootID = "one" }
        let after = try scratch.store(time: time) { $0.bootID = "two" }
        try await before.take([opening(size: 1), part("a")])
        let old = try #require(try await claim(before))
        let new = try #require(try await claim(after))
        #expect(try await !before.launch(launch(old)))
        #expect(try await after.launch(launch(new)))
    }

    @Test("a launch whose publish fails leaves the chord claimed, with all its parts")
    func failedLaunch() async throws {
        let store = try scratch.store(time: time)
        try await store.take([opening(size: 1), part("a")])
        let chord = try #require(try await claim(store))
        try scratch.change { db in
            try db.execute(
                sql: """
                    CREATE TRIGGER refuse BEFORE INSERT ON celeriac_calls BEGIN SELECT RAISE(ABORT, 'refused'); END
                    """)
        }
        #expect(try await brokerError { _ = try await store.launch(launch(chord)) } != nil)
        #expect(try await store.progress(ofChord: "g") == ChordProgress(size: 1, arrived: 1, isLaunched: false))
        try scratch.change { try $0.execute(sql: "DROP TRIGGER refuse") }
        #expect(try await store.launch(launch(chord)))
        #expect(try rows(of: "chord_parts") == 1, "the outer chord's")
    }

    // MARK: Completions

    private func completion(_ receipt: Receipt) -> Completion {
        var completion = Completion(receipt: receipt, settlement: .ack, continuation: [.sample("next")])
        completion.failed = [StateChange(id: "never", state: .failure, at: time.now)]
        completion.chordSteps = [opening(size: 1), part("a")]
        return completion
    }

    @Test("the end of a call counts its part and records what will never run")
    func completes() async throws {
        let store = try scratch.store(time: time)
        try await store.publish([.sample("a")])
        try await store.withConsumer(ConsumerTerms([.default], lease: lease)) { consumer in
            let receipt = try await consumer.next(upTo: 1, from: [.default], wait: false)[0].receipt
            #expect(try await store.complete([completion(receipt)]) == [])
        }
        #expect(try await claim(store)?.parts.map(\.id) == ["a"])
        #expect(try await store.record(of: "never")?.state == .failure)
        #expect(try await store.drain() == ["next"])
    }

    @Test("under a lost lease no part counts and nothing is recorded")
    func lostLease() async throws {
        let (here, there) = (try scratch.store(time: time), try scratch.store(time: time))
        try await here.publish([.sample("a")])
        try await here.withConsumer(ConsumerTerms([.default], lease: lease)) { consumer in
            let receipt = try await consumer.next(upTo: 1, from: [.default], wait: false)[0].receipt
            await time.advance(by: lease)
            #expect(try await there.drain() == ["a"])
            #expect(try await here.complete([completion(receipt)]) == [receipt])
        }
        #expect(try await here.progress(ofChord: "g") == nil)
        #expect(try await here.record(of: "never") == nil)
        #expect(try await here.drain() == [])
    }

    // MARK: Forgetting

    @Test("chords whose time is over are swept with their parts, and begin anew before that")
    func expires() async throws {
        let store = try scratch.store(time: time)
        try await store.take([opening("a", size: 1), part("call", of: "a")])
        try await store.take([opening("b", size: 2), part("call", of: "b")])
        await time.advance(by: .hours(1))
        #expect(try await store.progress(ofChord: "a") == nil)
        #expect(try await claim(store) == nil)
        try await store.take([opening("b", size: 2)])
        #expect(try await store.progress(ofChord: "b") == ChordProgress(size: 2, arrived: 0, isLaunched: false))
        while try await store.writer.perform({ try $0.deleteExpired(upTo: 1) }) {}
        #expect(try rows(of: "chords") == 1)
        #expect(try rows(of: "chord_parts") == 0)
        #expect(try rows(of: "chord_bodies") == 1)
    }

    @Test("a part puts the end of its chord off, and a launched one is remembered until then")
    func putsOff() async throws {
        let store = try scratch.store(time: time)
        try await store.take([opening(size: 1)])
        await time.advance(by: .minutes(59))
        try await store.take([part("a")])
        let chord = try #require(try await claim(store))
        #expect(try await store.launch(launch(chord)))
        await time.advance(by: .minutes(59))
        #expect(try await !store.writer.perform { try $0.deleteExpired(upTo: 10) })
        #expect(try await store.progress(ofChord: "g")?.isLaunched == true)
        await time.advance(by: .minutes(1))
        #expect(try await store.progress(ofChord: "g") == nil)
    }

    @Test("a failure that cannot be read fails its chord, and holds up no other")
    func unreadable() async throws {
        let store = try scratch.store(time: time)
        let failure = TaskFailure(type: "Oops", message: "it broke")
        try await store.take([opening(size: 1), part("a", 0, .failure(failure))])
        try scratch.change { db in
            try db.execute(sql: "UPDATE celeriac_chord_parts SET result = CAST('?' AS BLOB)")
        }
        let part = try #require(try await claim(store)?.parts.first)
        guard case .failure(let read) = part.result else {
            Issue.record("\(part.result) is no failure")
            return
        }
        #expect(read.type == "UnreadableFailure")
    }

    @Test("a file of the second version gets the tables of chords, and keeps its messages")
    func migrates() async throws {
        try scratch.makeFile(ofVersion: 2, holding: [.sample("before")])
        let store = try scratch.store(time: time)
        try await store.take([opening(size: 1), part("a")])
        #expect(try await claim(store)?.groupID == "g")
        #expect(try await store.drain() == ["before"])
        #expect(
            try scratch.change { try Int.fetchOne($0, sql: "SELECT version FROM celeriac_schema") } == Schema.version)
    }
}
