import CeleriacCore
import CeleriacMemory
import CeleriacTesting
import Testing

@Suite("A flaky broker")
struct FlakyBrokerTests {
    private let time = ManualTime()
    private let broker: FlakyBroker<MemoryStore>

    init() {
        broker = FlakyBroker(MemoryStore(time: time), time: time)
    }

    @Test("without faults keeps every promise", arguments: BrokerCheck.all(for: FlakyBroker<MemoryStore>.self))
    func keepsPromises(check: BrokerCheck) async throws {
        try await check.run(broker, time)
    }

    @Test("goes wrong as often as told, and not more often")
    func failsSoOften() async throws {
        broker.inject(.connectionLost, into: .publish, times: 2)
        for _ in 0..<2 {
            await #expect(throws: BrokerError.self) { try await broker.publish([Self.call("a")]) }
        }
        try await broker.publish([Self.call("a")])
        #expect(try await broker.counts(of: .default).ready == 1)
        #expect(broker.calls(of: .publish) == 3)
    }

    @Test("can lose the answer of what was done")
    func losesAnswers() async throws {
        broker.inject(.failureAfterwards(BrokerError(.deadlineExceeded, "no answer")), into: .publish)
        await #expect(throws: BrokerError.self) { try await broker.publish([Self.call("a")]) }
        #expect(try await broker.counts(of: .default).ready == 1)
    }

    @Test("can report leases as lost without settling")
    func losesLeases() async throws {
        try await broker.publish([Self.call("a")])
        broker.inject(.lostLease, into: .complete)
        try await broker.withConsumer(ConsumerTerms([.default], lease: .seconds(30))) { consumer in
            let receipt = try #require(try await consumer.next(upTo: 1, from: [.default], wait: false).first).receipt
            let completion = Completion(receipt: receipt, settlement: .ack)
            #expect(try await broker.complete([completion]) == [receipt])
            #expect(try await broker.counts(of: .default).leased == 1)
        }
    }

    @Test("can be slow, by the clock of the test", .timeLimit(.minutes(15)))
    func isSlow() async throws {
        broker.inject(.pause(.seconds(3)), into: .publish)
        async let published = broker.publish([Self.call("a")])
        try await time.untilSleepers(1)
        #expect(try await broker.counts(of: .default).ready == 0)
        await time.advance(by: .seconds(3))
        _ = try await published
        #expect(try await broker.counts(of: .default).ready == 1)
    }

    @Test("can hang until it is cancelled", .timeLimit(.minutes(15)))
    func hangs() async throws {
        broker.inject(.hang, into: .settle)
        let settling = Task { [broker] in
            try await broker.withConsumer(ConsumerTerms([.default], lease: .seconds(30))) { try await $0.settle([]) }
        }
        try await broker.untilCalls(of: .settle, reach: 1)
        settling.cancel()
        await #expect(throws: CancellationError.self) { try await settling.value }
    }

    @Test("forgets its faults when it is healed")
    func heals() async throws {
        broker.inject(.connectionLost, into: .claim, times: 100)
        broker.heal()
        let claimed = try await broker.withConsumer(ConsumerTerms([.default], lease: .seconds(30))) { consumer in
            try await consumer.next(upTo: 1, from: [.default], wait: false).count
        }
        #expect(claimed == 0)
    }

    @Test("is what the broker within is, and no more")
    func hasItsAbilities() {
        let plain = FlakyBroker(PlainBroker(MemoryStore()))
        #expect(broker as any Broker is any CompletionStore)
        #expect(broker as any Broker is any Inspector)
        #expect(!(plain as any Broker is any CompletionStore))
        #expect(!(plain as any Broker is any Inspector))
    }

    private static func call(_ id: TaskID) -> Publication {
        Publication(Envelope(headers: MessageHeaders(id: id, task: "tests.sample"), body: []), to: .default)
    }
}
