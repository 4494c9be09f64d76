import CeleriacCore
import CeleriacMemory
import CeleriacTesting
import Testing

@Suite("The traits of brokers")
struct TraitTests {
    private static let skipped = BrokerCheck.skipped(for: PushBroker.self, traits: PushBroker.traits)

    @Test(
        "a broker of few promises keeps these", .timeLimit(.minutes(15)),
        arguments: BrokerCheck.all(for: PushBroker.self, traits: PushBroker.traits))
    func keepsFewPromises(check: BrokerCheck) async throws {
        let time = ManualTime()
        try await check.run(PushBroker(store: MemoryStore(time: time)), time)
    }

    @Test("every check is run or skipped, and what is skipped says why")
    func skipsAreListed() {
        let run = Set(BrokerCheck.all(for: PushBroker.self, traits: PushBroker.traits).map(\.name))
        let skipped = Set(Self.skipped.map(\.name))
        #expect(run.isDisjoint(with: skipped))
        #expect(run.union(skipped).isSuperset(of: BrokerCheck.all.map(\.name)))
        #expect(Self.skipped.allSatisfy { !$0.reasons.isEmpty })
        #expect(run.contains("what is published can be claimed, once"))
        #expect(run.contains("a waiting claim wakes when a message is published"))
        #expect(run.contains("a delayed message is not visible before its time, and visible at it"))
    }

    @Test("what a broker does not promise is skipped for that reason")
    func reasons() throws {
        func reasons(_ name: String) -> [String]? { Self.skipped.first { $0.name == name }?.reasons }
        #expect(
            reasons("a renewed lease lapses at last") == ["a delivery ends with its connection, not by a lease"])
        #expect(reasons("a key may be any text") == ["it keeps no unique keys"])
        #expect(
            reasons("a message at the front comes before its peers, the latest first")
                == ["it cannot put a message in front of its queue", "it does not guarantee the order of claims"])
        #expect(
            reasons("of two equal ids in one publish the first is taken") == ["it does not know which ids wait or run"])
        #expect(
            reasons("a second settlement of one receipt does nothing and is reported")
                == ["it settles in two steps: publish, then ack"])
        #expect(
            reasons("a publish is seen whole or not at all")
                == ["it does not count the messages of a queue", "it takes the calls of a publish one by one"])
    }

    @Test("a broker that promises everything skips nothing")
    func nothingSkipped() {
        #expect(BrokerCheck.skipped(for: MemoryStore.self, traits: BrokerTraits()).isEmpty)
    }

    @Test("a broker that declares other traits than it is tested by fails")
    func liar() async throws {
        let time = ManualTime()
        let check = try #require(
            BrokerCheck.all(for: PushBroker.self).first {
                $0.name == "a broker declares the traits by which it is tested"
            })
        await #expect(throws: BrokenPromise.self) {
            try await check.run(PushBroker(store: MemoryStore(time: time)), time)
        }
    }

    @Test("docs/semantics.md says what the memory store declares")
    func documented() throws {
        let column = try TraitTable().column("memory")
        #expect(column == TraitTable.column(of: MemoryStore().traits))
    }
}
