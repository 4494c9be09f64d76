#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CeleriacCore
import CeleriacMemory
import CeleriacTesting
import Testing

@Suite("The memory store")
struct MemoryConformanceTests {
    @Test("keeps its promise", .timeLimit(.minutes(15)), arguments: BrokerCheck.all(for: MemoryStore.self))
    func keepsItsPromise(check: BrokerCheck) async throws {
        let time = ManualTime()
        try await check.run(MemoryStore(time: time, deadLetters: .init(count: 500, bytes: 1 << 20)), time)
    }

    @Test("docs/semantics.md lists the promises that do not hold here")
    func differencesDocumented() throws {
        try DifferenceTable("memory", for: MemoryStore.self).check()
    }

    @Test("does what the model does on long walks", arguments: [1, 2, 3, 5, 8, 13, 21, 34, 55, 89] as [UInt64])
    func walks(seed: UInt64) async throws {
        let time = ManualTime(yields: 1)
        try await BrokerCheck.randomWalk(seed: seed, steps: 3_000).run(MemoryStore(time: time), time)
    }

    @Test("is the same store for the same name, by URL")
    func opensByName() async throws {
        func open(_ url: String) throws -> Backend {
            try BackendScheme.memory.open(BackendURL(url), ManualTime())
        }
        let (first, second, other) = try (open("memory://one"), open("memory://one"), open("memory://other"))
        try await first.broker.publish([Publication(Self.envelope("a"), to: .default)])
        #expect(try await second.broker.counts(of: .default).ready == 1)
        #expect(try await other.broker.counts(of: .default).ready == 0)
        #expect(try await second.results?.record(of: "a")?.state == .pending)
        #expect(throws: CeleriacError.self) { try open("memory://one?size=3") }
    }

    @Test("keeps no record past its time, though nobody asks for it")
    func dropsWhatExpired() async throws {
        let time = ManualTime(yields: 4)
        let store = MemoryStore(time: time)
        let running = Task { try await store.run() }
        try await time.untilSleepers(1)
        let expires = time.now.adding(.seconds(30))
        try await store.record([StateChange(id: "a", state: .success, at: time.now, expires: expires)])
        let seen = try await store.record(of: "a")
        async let next = store.nextRecord(of: "a", after: seen)
        await time.advance(by: .minutes(1))
        #expect(try await next == nil)
        running.cancel()
        try await running.value
    }

    @Test("bears dates beyond all calendars", .timeLimit(.minutes(15)))
    func bearsAnyDate() async throws {
        let time = ManualTime()
        let store = MemoryStore(time: time)
        let extremes = [-Double.greatestFiniteMagnitude, .greatestFiniteMagnitude, .infinity]
        let publications = zip(["past", "future", "never"] as [TaskID], extremes).map {
            Publication(Self.envelope($0), to: .default, notBefore: Date(timeIntervalSinceReferenceDate: $1))
        }
        try await store.publish(publications)
        let counts = try await store.counts(of: .default)
        #expect([counts.ready, counts.delayed] == [1, 2])
        try await store.withConsumer(ConsumerTerms([.default], lease: .seconds(30))) { consumer in
            #expect(try await consumer.next(upTo: 9, from: [.default], wait: true).map(\.id) == ["past"])
            let waiting = Task {
                try await store.withConsumer(ConsumerTerms([.default], lease: .seconds(30))) {
                    try await $0.next(upTo: 1, from: [.default], wait: true).map(\.id)
                }
            }
            try await time.untilSleepers(1)
            try await store.publish([Publication(Self.envelope("now"), to: .default)])
            #expect(try await waiting.value == ["now"])
        }
    }

    private static func envelope(_ id: TaskID) -> Envelope {
        Envelope(headers: MessageHeaders(id: id, task: "tests.sample"), body: Array("[[],{},{}]".utf8))
    }
}
