import CeleriacCore

/// A walk over the ready messages of one queue, page by page. Between the pages other messages come, go and come back at
/// random. Each message that is left alone must be listed exactly once, in the order of publication.
struct PageWalk {
    private static let initial = 60

    private let broker: any Broker & Inspector
    private let time: ManualTime
    private let queue: QueueName
    private let seed: UInt64
    private var generator: SplitMix
    private var published = 0
    /// The messages that left the ready ones since the first page.
    private var moved: Set<TaskID> = []
    private var held: [Delivery] = []

    init(_ broker: any Broker & Inspector, _ time: ManualTime, seed: UInt64) throws {
        self.broker = broker
        self.time = time
        self.seed = seed
        queue = try QueueName("walk-\(seed)")
        generator = SplitMix(state: seed)
    }

    mutating func run() async throws {
        let (broker, queue) = (broker, queue)
        let first = (0..<Self.initial).map { TaskID("\(seed)-\($0)") }
        try await broker.publish(first.map { .sample($0, to: queue) })
        published = first.count
        let limit = Int.random(in: 1...9, using: &generator)
        var listed: [TaskID] = []
        var cursor: Cursor?
        var walk = self
        try await broker.consume([queue]) { consumer in
            repeat {
                let page = try await broker.messages(in: queue, .ready, after: cursor, limit: limit)
                listed += page.map(\.id)
                cursor = page.next
                try expect(listed.count < 10_000, "the list has no end, on the walk of seed \(walk.seed)")
                for _ in 0..<Int.random(in: 0...5, using: &walk.generator) { try await walk.step(consumer) }
            } while cursor != nil
        }
        let stayed = first.filter { !walk.moved.contains($0) }
        try expect(
            listed.filter(stayed.contains), is: stayed, "listed of those that stayed, on the walk of seed \(seed)")
        self = walk
    }

    private mutating func step(_ consumer: any Consumer) async throws {
        switch Int.random(in: 0..<10, using: &generator) {
        case 0..<3: try await publish()
        case 3..<5:
            let deliveries = try await consumer.peers(.random(in: 1...4, using: &generator), from: [queue])
            moved.formUnion(deliveries.map(\.id))
            held += deliveries
        case 5..<8: try await settle(consumer)
        case 8: await time.advance(by: .seconds(.random(in: 1...3, using: &generator)))
        default: try await remove()
        }
    }

    private mutating func publish() async throws {
        published += 1
        let atFront = Int.random(in: 0..<5, using: &generator) == 0
        try await broker.publish([.sample(TaskID("\(seed)-\(published)"), to: queue, atFront: atFront)])
    }

    private mutating func settle(_ consumer: any Consumer) async throws {
        guard !held.isEmpty else { return }
        let delivery = held.remove(at: .random(in: held.indices, using: &generator))
        let due = time.now.adding(.seconds(.random(in: 1...2, using: &generator)))
        let settlement: Settlement =
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: .ack
            case 1: .release()
            case 2: .retry(delivery.envelope.next, notBefore: due)
            default: .release(notBefore: due)
            }
        _ = try await consumer.settle(delivery, settlement)
    }

    private mutating func remove() async throws {
        let id = TaskID("\(seed)-\(Int.random(in: 0..<published, using: &generator))")
        if try await broker.remove(id) { moved.insert(id) }
    }
}
