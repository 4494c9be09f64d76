public import CeleriacCore

extension Check where Subject == any Broker {
    /// Publishes, claims, settles, renews, lets leases lapse and purges at random, and compares the broker with a
    /// simple model after every step.
    ///
    /// - Parameter seed: determines the walk. A broken promise reports it, so that the same walk can be repeated.
    public static func randomWalk(seed: UInt64, steps: Int = 400) -> BrokerCheck {
        BrokerCheck(
            "a broker does what a simple model does, on a random walk",
            needs: [
                .strictOrder, .priorities, .leases, .delays, .exactCounts, .uncountedReleases, .fence, .counts,
                .movableTime,
            ]
        ) { broker, time in
            do {
                try await broker.consume { consumer in
                    var walk = RandomWalk(broker, consumer, time, seed: seed)
                    for _ in 0..<steps { try await walk.step() }
                }
            } catch let broken as BrokenPromise {
                throw BrokenPromise("\(broken.message), on the walk of seed \(seed)", broken.file, broken.line)
            }
        }
    }
}

/// A random walk: a broker next to its model.
///
/// All times are multiples of an eighth of a second, which floating point represents exactly. No two messages are due
/// at the same time, since after a retry their order would be the broker's choice.
private struct RandomWalk {
    private let broker: any Broker
    private let consumer: any Consumer
    private let time: ManualTime
    private var generator: SplitMix
    private var model = BrokerModel()
    private var held: [Delivery] = []
    private var published = 0

    init(_ broker: any Broker, _ consumer: any Consumer, _ time: ManualTime, seed: UInt64) {
        self.broker = broker
        self.consumer = consumer
        self.time = time
        generator = SplitMix(state: seed)
    }

    mutating func step() async throws {
        advance(eighths: 1)
        switch Int.random(in: 0..<20, using: &generator) {
        case 0..<6: try await publish(delay: 0)
        case 6..<8: try await publish(delay: .random(in: 1...200, using: &generator))
        case 8..<12: try await claim()
        case 12..<17: try await settle()
        case 17: try await renew()
        case 18: advance(eighths: .random(in: 1...300, using: &generator))
        default: try await purge()
        }
        try expect(await broker.counts(of: .default), is: model.counts, "counts")
    }

    private mutating func advance(eighths: Int) {
        time.jump(by: .milliseconds(125 * eighths))
        model.advance(to: model.now + eighths)
        held.removeAll { model.status(of: $0.id) != .leased }
    }

    private mutating func publish(delay: Int) async throws {
        published += 1
        let id = TaskID("\(published)")
        let priority = CallPriority(clamping: .random(in: 3...5, using: &generator))
        let due = model.publish(id, priority, notBefore: model.now + delay)
        let date = due == model.now ? nil : time.now.adding(.milliseconds(125 * (due - model.now)))
        try await broker.publish([.sample(id, priority: priority, notBefore: date)])
    }

    private mutating func claim() async throws {
        let limit = Int.random(in: 1...4, using: &generator)
        let deliveries = try await consumer.peers(limit)
        let expected = model.claim(limit, leaseEighths: 240)
        try expect(deliveries.map(\.id), is: expected.map(\.id), "claimed")
        try expect(deliveries.map(\.deliveryCount), is: expected.map { .exact($0.count) }, "delivery counts")
        held += deliveries
    }

    private mutating func settle() async throws {
        guard !held.isEmpty else { return }
        let delivery = held.remove(at: .random(in: held.indices, using: &generator))
        let settlement: Settlement
        switch Int.random(in: 0..<6, using: &generator) {
        case 0..<3: (settlement, _) = (.ack, model.remove(delivery.id))
        case 3: (settlement, _) = (.release(), model.release(delivery.id))
        case 4:
            let due = model.retry(delivery.id, notBefore: model.now + .random(in: 1...100, using: &generator))
            let date = time.now.adding(.milliseconds(125 * (due - model.now)))
            settlement = .retry(delivery.envelope.next, notBefore: date)
        default: (settlement, _) = (.deadLetter(reason: "on the walk"), model.bury(delivery.id))
        }
        try expect(await consumer.settle(delivery, settlement), is: [], "receipts lost by \(settlement)")
    }

    private mutating func renew() async throws {
        guard !held.isEmpty else { return }
        try expect(await consumer.extendLeases(held.map(\.receipt), by: lease), is: [], "receipts lost")
        model.renew(held.map(\.id), leaseEighths: 240)
    }

    private mutating func purge() async throws {
        guard Int.random(in: 0..<4, using: &generator) == 0 else { return }
        try expect(await broker.purge(.default), is: model.purge(), "purged")
    }
}
