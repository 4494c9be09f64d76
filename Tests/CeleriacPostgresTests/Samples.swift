import CeleriacCore

extension Publication {
    static func sample(_ id: TaskID, to queue: QueueName = .default) -> Publication {
        Publication(.sample(id), to: queue)
    }
}

extension Envelope {
    static func sample(_ id: TaskID) -> Envelope {
        Envelope(headers: MessageHeaders(id: id, task: "tests.sample"), body: Array("[[], {}, null]".utf8))
    }
}

extension Broker {
    /// Claims and acks all that is due, in the order of the claims.
    func drain(_ queue: QueueName = .default) async throws -> [TaskID] {
        try await withConsumer(ConsumerTerms([queue], lease: .seconds(30))) { consumer in
            var ids: [TaskID] = []
            while true {
                let deliveries = try await consumer.next(upTo: 100, from: [queue], wait: false)
                guard !deliveries.isEmpty else { return ids }
                ids += deliveries.map(\.id)
                _ = try await consumer.settle(deliveries.map { ($0.receipt, .ack) })
            }
        }
    }
}
