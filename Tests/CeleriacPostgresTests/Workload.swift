import CeleriacCore
import CeleriacTesting
import Foundation
import StoreKit
import Testing

@testable import CeleriacPostgres

/// Everything that an app, its workers and its operators ask of a store, once. The store's clock must stand still.
struct Workload {
    private let store: PostgresStore
    private var now: Date { store.time.now }

    init(_ store: PostgresStore) { self.store = store }

    func run() async throws {
        try await queue()
        try await results()
        try await deadLetters()
        try await transactions()
        try await revocations()
        try await limitsAndWorkers()
        try await schedule()
        try await chords()
        try await mail()
        try await gateAndAudit()
        try await upkeep()
    }

    private func gateAndAudit() async throws {
        try await store.setPaused(true, "mail", by: "ada", note: "full")
        #expect(try await store.pausedQueues().map(\.queue) == ["mail"])
        try await store.setPaused(false, "mail", by: "ada", note: "")
        let entry = AuditEntry(id: "1", at: now, user: "ada", action: "pause")
        for _ in 0..<2 { try await store.append(entry) }
        #expect(try await store.auditEntries(after: nil, limit: 10).items == [entry])
        _ = try await store.calls(CallFilter(), after: nil, limit: 10, budget: .seconds(10))
    }

    // MARK: Queues and results

    private func queue() async throws {
        let key = UniqueClaim(key: "key", span: .untilDone)
        try await store.publish(["a", "b", "c", "d", "e"].map { .call($0) })
        try await store.publish([
            .call("late", notBefore: now.adding(.hours(1))), .call("one", unique: key),
            .call("start", unique: UniqueClaim(key: "start", span: .untilStart)),
        ])
        #expect(try await store.publish([.call("two", unique: key)]).duplicates == ["two": "one"])
        try await store.withConsumer(ConsumerTerms([.default], lease: .minutes(1))) { consumer in
            let claimed = try await consumer.next(upTo: 20, from: [.default], wait: true)
            #expect(claimed.map(\.id) == ["a", "b", "c", "d", "e", "one", "start"])
            #expect(try await consumer.extendLeases(claimed.map(\.receipt), by: .minutes(2)) == [])
            let settlements: [Settlement] = [
                .ack, .retry(claimed[1].envelope.with { $0.retries = 1 }, notBefore: now.adding(.hours(1))),
                .retry(claimed[2].envelope, notBefore: nil), .deadLetter(reason: "broken"), .release(),
                .release(notBefore: now.adding(.hours(1))),
            ]
            #expect(try await consumer.settle(zip(claimed.map(\.receipt), settlements).map { ($0, $1) }) == [])
            var end = Completion(
                receipt: claimed[6].receipt, settlement: .ack, change: change("start", .success),
                continuation: [.call("next")])
            end.chordSteps = [part("a chord", "start")]
            #expect(try await store.complete([end]) == [])
        }
        let counts = try await store.counts(of: .default)
        #expect((counts.ready, counts.delayed, counts.leased, counts.dead) == (3, 3, 0, 1))
        #expect(try await store.position(of: "next") == 2)
        for status in MessagePlace.Status.allCases {
            _ = try await store.messages(in: .default, status, after: nil, limit: 10)
        }
        #expect(try await store.message(of: "late")?.status == .delayed)
        #expect(try await store.queues().contains(.default))
        #expect(try await store.remove("late"))
        #expect(try await store.purge(.default) == 5)
    }

    private func results() async throws {
        try await store.record([change("a", .started), change("a", .success), change("b", .failure)])
        #expect(try await store.records(of: ["a", "b", "c"]).mapValues(\.state) == ["a": .success, "b": .failure])
        #expect(try await store.nextRecord(of: "a", after: nil)?.state == .success)
        #expect(try await store.ids(startingWith: "a", limit: 5) == ["a"])
        try await store.forget("a")
        #expect(try await store.record(of: "a") == nil)
    }

    private func change(_ id: TaskID, _ state: TaskState) -> StateChange {
        StateChange(id: id, state: state, at: now, expires: now.adding(.hours(1)))
    }

    private func deadLetters() async throws {
        #expect(try await store.deadLetters(in: nil, after: nil, limit: 5).map(\.id) == ["d"])
        #expect(try await store.deadLetters(in: .default, after: nil, limit: 5).map(\.reason) == ["broken"])
        #expect(try await store.deadLetter(of: "d")?.id == "d")
        #expect(try await store.requeue(["d"]) == ["d"])
        try await store.bury([DeadLetter(envelope: .call("x"), queue: "other", reason: "broken", diedAt: now)])
        #expect(try await store.deleteDeadLetters(["x"]) == ["x"])
        #expect(try await store.droppedDeadLetters() == [:])
    }

    private func transactions() async throws {
        _ = try await store.withTransaction { transaction in
            try await store.publish([.call("within"), .call("within another", to: "another")], in: transaction)
        }
        #expect(try await store.remove("within"))
    }

    // MARK: Directory and schedule

    private func revocations() async throws {
        #expect(try await store.revoke(["d", "unknown"], terminate: true, until: now.adding(.hours(1))) == ["d"])
        #expect(try await store.revocations(among: ["d", "e"]).keys.map(\.rawValue) == ["d"])
        #expect(try await store.nextRevocation(after: 0) == 1)
        #expect(try await store.record(of: "d")?.state == .revoked)
    }

    private func limitsAndWorkers() async throws {
        #expect(try await store.reserveStart(of: "a", under: "limit", every: .hours(1)) == nil)
        for _ in 0..<2 { #expect(try await store.reserveStart(of: "b", under: "limit", every: .hours(1)) != nil) }
        let status = WorkerStatus(
            name: "w@host", host: "host", pid: 1, startedAt: now, lastBeat: now, expires: now.adding(.hours(1)))
        for _ in 0..<2 { try await store.beat(status) }
        #expect(try await store.workers() == [status])
        try await store.leave("w@host")
    }

    private func schedule() async throws {
        let entry = ScheduleEntry("entry", .every(.minutes(1)), task: "tests.sample")
        try await store.put(entry)
        try await store.synchronize([entry], of: "app")
        let steps = [now.adding(.minutes(1)), now.adding(.minutes(2))]
        let first = ScheduleStep(of: try await record(), through: steps[0], publishing: [.call("tick")], at: steps[0])
        #expect(try await store.take(first)?.duplicates == [:])
        let second = ScheduleStep(of: try await record(), through: steps[1], publishing: [.call("tock")], at: steps[1])
        #expect(try await store.claim(second, by: "beat", for: .minutes(1)))
        #expect(try await store.mark(second, PublishReport()))
        #expect(try await store.schedule().records.map(\.state.runs) == [2])
        #expect(try await store.isStanding("tick", of: "entry"))
        #expect(try await store.setPaused(true, "entry"))
        #expect(try await store.removeEntry("entry"))
        #expect(try await store.scheduleGeneration() > 0)
    }

    private func record() async throws -> ScheduleRecord { try #require(try await store.scheduleRecord(of: "entry")) }

    // MARK: Chords, mail, upkeep

    private func part(_ group: String, _ id: TaskID) -> ChordStep {
        .part(ChordReport(groupID: group, index: 0, id: id, result: .success([0x37]), body: [0x7B, 0x7D]))
    }

    private func chords() async throws {
        let opening = ChordOpening(groupID: "a chord", size: 3, body: [0x7B, 0x7D], expires: now.adding(.hours(1)))
        try await store.take([
            .open(opening), .extend(groupID: "a chord", count: 1, by: "c"), part("a chord", "b"), part("a chord", "c"),
            part("a chord", "d"),
        ])
        let chord = try #require(try await store.claimChords(upTo: 5, lease: .minutes(1)).first)
        #expect(chord.parts.count == 4)
        let launch = ChordLaunch(groupID: chord.groupID, claim: chord.claim, publications: [.call("body")])
        #expect(try await store.launch(launch))
        #expect(try await store.progress(ofChord: "a chord")?.isLaunched == true)
    }

    private func mail() async throws {
        let heard = Heard<Void>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await store.serve(as: "w@host", isListening: { heard.hear(()) }) { .reply(.string($0.name)) }
            }
            group.addTask {
                try await store.receiveEvents(isListening: { heard.hear(()) }) { _ in heard.hear(()) }
            }
            for _ in 0..<2 { _ = await heard.next() }
            let replies = try await store.ask(ControlCommand("ping", to: ["w@host"]), timeout: .minutes(1))
            #expect(replies == [ControlReply(node: "w@host", value: "ping")])
            try await store.emit([MonitorEvent(.workerOnline, from: "w@host", pid: 1, clock: 1, at: now)])
            _ = await heard.next()
            group.cancelAll()
            while let end = await group.nextResult() {
                if case .failure(let error) = end, !(error is CancellationError) { throw error }
            }
        }
    }

    private func upkeep() async throws {
        let time = try #require(store.time as? ManualTime)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await store.run() }
            // It sleeps once it has tidied up.
            group.addTask { try await time.untilSleepers(1) }
            try await group.next()
            group.cancelAll()
            try await group.waitForAll()
        }
    }
}
