import CeleriacCanvas
import CeleriacCore
import CeleriacTesting
import CeleriacWire
import Foundation
import RESPClient
import Testing

@testable import CeleriacRedis

@Suite("Where chords lie", .oneServer, .timeLimit(.minutes(15)))
struct ChordLayoutTests {
    private let time = ManualTime()

    private func key(_ store: RedisStore, _ group: String, _ suffix: String = "") -> String {
        store.keys.resultPrefix + "celery-taskset-meta-" + group + suffix
    }

    /// Each member of `.j` with its score, in order.
    private func parts(_ store: RedisStore, _ group: String) async throws -> [[String]] {
        let members = try await store.raw("ZRANGE", key(store, group, ".j"), "0", "-1").elements ?? []
        var parts: [[String]] = []
        for member in members.compactMap(\.text) {
            let score = try await store.raw("ZSCORE", key(store, group, ".j"), member).double
            parts.append([member, score.map { String(Int($0)) } ?? ""])
        }
        return parts
    }

    private func seen(_ store: RedisStore, _ group: String) async throws -> Set<String> {
        Set(try await store.raw("SMEMBERS", key(store, group, ".d")).elements?.compactMap(\.text) ?? [])
    }

    @Test("size, parts and what was counted are, to the byte, what Celery wrote")
    func asCelery() async throws {
        let recorded = try RecordedChord("result-chord")
        let group = try recorded.groupID
        let store = try Stores.inVirtualTime(time)
        try await store.take([.open(.sample(group, size: 2))])
        #expect(try await store.raw("GET", key(store, group, ".s")).text == recorded.words(of: "SET", key: ".s")[0][1])
        let added = recorded.words(of: "ZADD", key: ".j")
        try #require(added.count == 2)
        for words in added {
            let part = ChordMember.decode(Array(words[2].utf8), index: Int(words[1]), orID: "unread")
            try await store.take([
                .part(
                    ChordReport(
                        groupID: group, index: part.index, id: part.id, result: part.result,
                        body: ChordOpening.sampleBody))
            ])
        }
        #expect(try await parts(store, group) == added.sorted { $0[1] < $1[1] }.map { [$0[2], $0[1]] })
        #expect(try await seen(store, group) == Set(recorded.words(of: "SADD", key: ".d").map { $0[1] }))
        await store.close()
    }

    @Test("an extension is Celery's INCRBY, once for each who asks")
    func extends() async throws {
        let recorded = try RecordedChord("result-chord-add")
        let group = try recorded.groupID
        let more = try #require(recorded.words(of: "INCRBY", key: ".t").first?.last.flatMap { Int($0) })
        let store = try Stores.inVirtualTime(time)
        try await store.take([.open(.sample(group, size: 2)), .extend(groupID: group, count: more, by: "a")])
        try await store.take([.extend(groupID: group, count: more, by: "a")])
        #expect(try await store.raw("GET", key(store, group, ".t")).text == "\(more)")
        #expect(try await seen(store, group) == ["+a"])
        #expect(try await store.progress(ofChord: group)?.size == 2 + more)
        await store.close()
    }

    @Test("entries of a header that share an id and a result count once each, in Celery's set too")
    func sharedID() async throws {
        let store = try Stores.inVirtualTime(time)
        func part(_ index: Int?) -> ChordStep {
            var report = ChordReport.sample("g", index, "a")
            report.result = .success(Array("7".utf8))
            return .part(report)
        }
        try await store.take([.open(.sample("g", size: 3)), part(0), part(1), part(1), part(nil)])
        #expect(try await store.raw("ZCARD", key(store, "g", ".j")).integer == 3)
        let chord = try #require(try await store.claimChords(upTo: 1, lease: .seconds(10)).first)
        #expect(Set(chord.parts.map(\.index)) == [0, 1, nil])
        #expect(chord.parts.allSatisfy { $0.id == "a" && $0.result == .success(Array("7".utf8)) })
        await store.close()
    }

    @Test("a call that ends twice, with another result the second time, counts as it did first")
    func endsTwice() async throws {
        let store = try Stores.inVirtualTime(time)
        var again = ChordReport.sample("g", 0, "a")
        again.result = .success(Array("8".utf8))
        try await store.take([.open(.sample("g", size: 2)), .part(.sample("g", 0, "a")), .part(again)])
        #expect(try await parts(store, "g") == [[#"[1, "a", "SUCCESS", 0]"#, "0"]])
        #expect(try await store.progress(ofChord: "g")?.arrived == 1)
        await store.close()
    }

    @Test("where Python keeps the parts in a list, so do we")
    func list() async throws {
        let store = try Stores.inVirtualTime(time)
        try await store.raw("RPUSH", key(store, "g", ".j"), #"[1, "python", "SUCCESS", {"a": 1}]"#)
        try await store.take([.open(.sample("g", size: 2)), .part(.sample("g", 0, "swift"))])
        let chord = try #require(try await store.claimChords(upTo: 1, lease: .seconds(10)).first)
        #expect(chord.parts.map(\.id) == ["python", "swift"])
        #expect(chord.parts.map(\.index) == [0, 1])
        #expect(chord.outcomes == ["python": #"{"a": 1}"#, "swift": "0"])
        await store.close()
    }

    @Test("all keys of a chord go at the time of its last part, and none has one where results are kept for ever")
    func expiry() async throws {
        let store = try Stores.inResults(prefix: Stores.prefix())
        func lives() async throws -> [Int64] {
            let beside = store.keys.resultPrefix + "celeriac.chord:g"
            let names = [".j", ".s", ".d", ".t", ""].map { key(store, "g", $0) } + [beside]
            var lives: [Int64] = []
            for name in names { lives.append(try await store.raw("TTL", name).integer ?? 0) }
            return lives
        }
        let day = Date().adding(.days(1))
        let header = CanvasResult("g", members: [CanvasResult("h", members: [CanvasResult("a")]), CanvasResult("b")])
        try await store.take([
            .part(.sample("g", 0, "a", expires: Date().adding(.hours(1)))),
            .open(.sample("g", size: 3, header: header, expires: day)), .extend(groupID: "g", count: 1, by: "a"),
        ])
        #expect(try await lives().allSatisfy { (86_300...86_401).contains($0) })
        try await store.take([.part(.sample("g", 1, "b", expires: day.adding(.days(1))))])
        #expect(try await lives().allSatisfy { (172_700...172_801).contains($0) })
        try await store.take([.part(.sample("g", 2, "c"))])
        #expect(try await lives().allSatisfy { $0 == -1 })
        await store.close()
    }

    @Test("parts that Python counts put off what is ours, too")
    func putOff() async throws {
        let store = try Stores.inResults(prefix: Stores.prefix())
        try await store.take([.open(.sample("g", size: 2, expires: Date().adding(.hours(1))))])
        try await store.raw("EXPIRE", key(store, "g", ".s"), "86400")
        // As if its next look were due.
        try await store.raw("ZADD", store.keys.resultPrefix + "celeriac.chords.open", "0", "g")
        #expect(try await store.claimChords(upTo: 1, lease: .seconds(10)).isEmpty)
        let left = try await store.raw("TTL", store.keys.resultPrefix + "celeriac.chord:g").integer ?? 0
        #expect((86_300...86_400).contains(left))
        await store.close()
    }

    @Test("a launched chord leaves Celery's mark for five minutes, and is remembered for its time")
    func launched() async throws {
        let store = try Stores.inResults(prefix: Stores.prefix())
        let day = Date().adding(.days(1))
        try await store.take([.open(.sample("g", size: 1, expires: day)), .part(.sample("g", 0, "a", expires: day))])
        let chord = try #require(try await store.claimChords(upTo: 5, lease: .seconds(10)).first)
        let claim = key(store, "g", ".c")
        #expect(try await store.raw("GET", claim).text == chord.claim)
        #expect((9_000...10_000).contains(try await store.raw("PTTL", claim).integer ?? 0))
        #expect(try await store.launch(ChordLaunch(groupID: "g", claim: chord.claim, publications: [.sample("body")])))
        let left = try await store.raw(
            "EXISTS", key(store, "g", ".j"), key(store, "g", ".t"), key(store, "g", ".s"), key(store, "g", ".d"))
        #expect(left.integer == 0)
        #expect(try await store.raw("GET", claim).text == "done")
        #expect((290...300).contains(try await store.raw("TTL", claim).integer ?? 0))
        try await store.take([.part(.sample("g", 5, "late", expires: day))])
        #expect(try await store.raw("EXISTS", key(store, "g", ".j")).integer == 0)
        // As if the five minutes were over.
        try await store.raw("DEL", claim)
        try await store.take([.open(.sample("g", size: 1, expires: day)), .part(.sample("g", 0, "a", expires: day))])
        #expect(try await store.claimChords(upTo: 5, lease: .seconds(10)).isEmpty)
        #expect(try await store.progress(ofChord: "g") == ChordProgress(size: 1, arrived: 1, isLaunched: true))
        #expect(try await store.drain() == ["body"])
        await store.close()
    }

    @Test("a nested header lies under the group's id as Celery saves it")
    func nested() async throws {
        let recorded = try RecordedChord("chord-complex-header")
        let group = try recorded.groupID
        let text = try #require(recorded.words(of: "SET", key: group).first?[1])
        let header = try SavedGroup.decode(Array(text.utf8))
        let store = try Stores.inVirtualTime(time)
        try await store.take([.open(.sample(group, size: 1, header: header)), .part(.sample(group, 0, "a"))])
        let saved = try #require(try await store.raw("GET", key(store, group)).text)
        #expect(try JSONValue(parsing: saved) == JSONValue(parsing: text))
        let chord = try #require(try await store.claimChords(upTo: 1, lease: .seconds(10)).first)
        #expect(chord.header == header)
        await store.close()
    }

    @Test("what cannot be read is a part that has failed, and keeps no chord from ending")
    func unreadable() async throws {
        let store = try Stores.inVirtualTime(time)
        try await store.raw("SET", key(store, "g"), "\u{80}pickle")
        try await store.raw("ZADD", key(store, "g", ".j"), "0", "\u{80}pickle", "0", "[2]")
        try await store.take([.open(.sample("g", size: 3)), .part(.sample("g", 1, "a"))])
        let chord = try #require(try await store.claimChords(upTo: 1, lease: .seconds(10)).first)
        #expect(chord.header == nil)
        let types = chord.parts.sorted { ($0.index ?? .max) < ($1.index ?? .max) }.map { chord.outcomes[$0.id] }
        #expect(types == ["DecodeError", "DecodeError", "DecodeError", "1"])
        let parts = chord.parts.map {
            ChordPart(
                groupID: "g", index: $0.index, id: $0.id, result: $0.result, body: .call("tasks.sum"))
        }
        guard case .failed = ChordJoin(size: chord.size, header: chord.header).outcome(of: parts) else {
            Issue.record("the chord does not end")
            return
        }
        await store.close()
    }

    @Test("a group's id that meets keys of another kind harms nobody else")
    func otherKinds() async throws {
        let store = try Stores.inVirtualTime(time)
        try await store.raw("SET", key(store, "hostile", ".j"), "no set")
        let steps: [ChordStep] = [.part(.sample("hostile", 0, "a")), .open(.sample("g", size: 1))]
        await #expect { try await store.take(steps) } throws: { ($0 as? BrokerError)?.code == .refused }
        try await store.publish([.sample("a"), .sample("b")])
        try await store.consume { consumer in
            var completions = try await consumer.claim().map { Completion(receipt: $0.receipt, settlement: .ack) }
            completions[0].chordSteps = [.part(.sample("hostile", 0, "a"))]
            completions[1].chordSteps = [.part(.sample("g", 0, "b"))]
            #expect(try await store.complete(completions).isEmpty)
        }
        #expect(try await store.claimChords(upTo: 5, lease: .seconds(10)).map(\.groupID) == ["g"])
        await store.close()
    }
}
