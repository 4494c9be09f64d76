import CeleriacCore

extension Publication {
    static func sample(_ id: TaskID, to queue: QueueName = .default, bytes: Int = 2) -> Publication {
        let headers = MessageHeaders(id: id, task: "tests.sample")
        return Publication(Envelope(headers: headers, body: Array(repeating: 0x20, count: bytes)), to: queue)
    }
}

extension Broker {
    /// Claims and acks all that is due.
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

/// - Returns: the code and text of the ``BrokerError`` that `work` throws.
func brokerError(_ work: () async throws -> Void) async throws -> BrokerError? {
    do {
        try await work()
        return nil
    } catch let error as BrokerError {
        return error
    }
}
