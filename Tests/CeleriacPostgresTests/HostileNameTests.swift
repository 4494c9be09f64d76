import CeleriacCore
import Foundation
import Testing

@testable import CeleriacPostgres

@Suite("Hostile names name what they name, and nothing else", .serialized, .timeLimit(.minutes(15)))
struct HostileNameTests {
    private let now = SystemTime().now

    @Test("workers are listed under their names")
    func workers() async throws {
        try await Stores.withStore { store, _, _ in
            let all = HostileTests.texts.map { text in
                WorkerStatus(
                    name: text, host: text, pid: 1, startedAt: now, lastBeat: now, expires: now.adding(.hours(1)))
            }
            for status in all { try await store.beat(status) }
            #expect(Set(try await store.workers().map { Array($0.name.utf8) }) == Set(all.map { Array($0.name.utf8) }))
            for status in all.dropLast() { try await store.leave(status.name) }
            #expect(try await store.workers() == all.suffix(1))
        }
    }

    @Test("entries of the schedule are found, stepped and removed by their names")
    func schedule() async throws {
        try await Stores.withStore { store, _, _ in
            let names = HostileTests.texts.filter {
                let entry = ScheduleEntry($0, .every(.minutes(1)), task: "tests.sample")
                return (try? entry.check()) != nil
            }
            #expect(names.count > 8)
            for name in names { try await store.put(ScheduleEntry(name, .every(.minutes(1)), task: TaskName(name))) }
            let stored = try await store.schedule().records.map { Array($0.name.utf8) }
            #expect(Set(stored) == Set(names.map { Array($0.utf8) }))
            for (index, name) in names.enumerated() {
                let record = try #require(try await store.scheduleRecord(of: name))
                let (tick, call) = (now.adding(.minutes(1)), Publication.call(TaskID("\(name) \(index)")))
                let step = ScheduleStep(of: record, through: tick, publishing: [call], at: now)
                #expect(try await store.claim(step, by: name, for: .minutes(1)))
                #expect(try await store.claim(step, by: "another beat", for: .minutes(1)) == false)
                #expect(try await store.take(step)?.duplicates == [:])
                #expect(try await store.scheduleRecord(of: name)?.state.lastCall == TaskID("\(name) \(index)"))
                #expect(try await store.removeEntry(name))
            }
        }
    }

    @Test("chords are counted under their groups, with the ids of their parts and their roots")
    func chords() async throws {
        try await Stores.withStore { store, _, _ in
            for text in HostileTests.texts {
                let (id, body) = (TaskID(text), Array("{}".utf8))
                let opening = ChordOpening(groupID: text, size: 2, body: body, rootID: id, header: CanvasResult(id))
                let report = ChordReport(
                    groupID: text, index: 0, id: id, result: .success(body), body: body, rootID: id)
                try await store.take([
                    .open(opening), .extend(groupID: text, count: 0, by: id), .part(report), .part(report),
                ])
                #expect(try await store.progress(ofChord: text)?.arrived == 1)
                var other = report
                other.id = "other"
                try await store.take([.part(other)])
                let chord = try #require(try await store.claimChords(upTo: 5, lease: .minutes(1)).first)
                #expect(Array(chord.groupID.utf8) == id.bytes)
                #expect(chord.rootID?.bytes == id.bytes)
                #expect(chord.header?.id.bytes == id.bytes)
                #expect(Set(chord.parts.map(\.id.bytes)) == [id.bytes, Array("other".utf8)])
                #expect(try await store.launch(ChordLaunch(groupID: text, claim: chord.claim)))
            }
        }
    }

    @Test("each limit is one of its own, and each revocation of its own call")
    func limitsAndRevocations() async throws {
        try await Stores.withStore { store, _, _ in
            for text in HostileTests.texts {
                #expect(try await store.reserveStart(of: TaskID(text), under: text, every: .hours(1)) == nil)
                let next = try await store.reserveStart(of: TaskID(text), under: text, every: .hours(1))
                #expect(try await store.reserveStart(of: TaskID(text), under: text, every: .hours(1)) == next)
                #expect(next != nil)
            }
            let ids = HostileTests.texts.map { TaskID($0) }
            try await store.publish(ids.map { .call($0) })
            let (revoked, left) = (Array(ids.prefix(ids.count / 2)), Array(ids.dropFirst(ids.count / 2)))
            let removed = try await store.revoke(revoked, terminate: false, until: now.adding(.hours(1)))
            #expect(Set(removed.map(\.bytes)) == Set(revoked.map(\.bytes)))
            #expect(Set(try await store.revocations(among: ids).values.map(\.id.bytes)) == Set(revoked.map(\.bytes)))
            #expect(try await store.counts(of: .default).ready == left.count)
            for id in left { #expect(try await store.remove(id)) }
        }
    }
}
