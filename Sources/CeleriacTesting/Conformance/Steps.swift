package import CeleriacCore

/// The length of every lease in the suite.
let lease = Duration.seconds(30)

extension Broker {
    /// - Throws: ``BrokenPromise`` if the broker is not a ``QueueCounter``.
    package func counts(of queue: QueueName) async throws -> QueueCounts {
        let counter: any Broker = (self as? PlainBroker)?.base ?? self
        return try await require(counter as? any QueueCounter, "a counter of queues").counts(of: queue)
    }

    @discardableResult
    func publish(_ ids: TaskID..., to queue: QueueName = .default) async throws -> PublishReport {
        try await publish(ids.map { .sample($0, to: queue) })
    }

    /// Claims and acks all due messages, a few at a time.
    ///
    /// - Returns: the ids in the order in which they were claimed.
    func drain(_ queues: [QueueName] = [.default], by limit: Int = 3) async throws -> [TaskID] {
        try await consume(queues) { consumer in
            var ids: [TaskID] = []
            while true {
                let deliveries = try await consumer.next(upTo: limit, from: queues, wait: false)
                guard !deliveries.isEmpty else { return ids }
                ids += deliveries.map(\.id)
                let lost = try await consumer.settle(deliveries.map { ($0.receipt, .ack) })
                try expect(lost, is: [], "receipts lost while draining")
            }
        }
    }

    func consume<Value: Sendable>(
        _ queues: [QueueName] = [.default], _ body: (any Consumer) async throws -> Value
    ) async throws -> Value {
        try await withConsumer(ConsumerTerms(queues, lease: lease), body)
    }

    /// Waits until the default queue is empty: a server may count a moment late.
    func becomesEmpty() async throws {
        for _ in 0..<1_000 {
            do { return try expect(await counts(of: .default), is: QueueCounts(), "counts") } catch {
                try await Task.sleep(for: .milliseconds(5))
            }
        }
        try expect(await counts(of: .default), is: QueueCounts(), "counts")
    }

    /// Publishes one message and makes it a dead letter of the default queue.
    func bury(_ id: TaskID, reason: String = "it broke") async throws {
        try await publish(id)
        try await consume { consumer in
            let delivery = try await consumer.claim()
            try expect(await consumer.settle(delivery, .deadLetter(reason: reason)), is: [], "receipts lost")
        }
    }
}

extension Consumer {
    func settle(_ delivery: Delivery, _ settlement: Settlement) async throws -> Set<Receipt> {
        try await settle([(delivery.receipt, settlement)])
    }

    /// Claims one message; throws if none is due.
    func claim(
        from queue: QueueName = .default, file: String = #fileID, line: Int = #line
    ) async throws -> Delivery {
        let deliveries = try await next(upTo: 1, from: [queue], wait: false)
        try expect(deliveries.count <= 1, "claimed more than the limit", file: file, line: line)
        return try require(deliveries.first, "a due message of \(queue)", file: file, line: line)
    }

    /// Claims due messages, without waiting.
    func peers(_ limit: Int = 100, from queues: [QueueName] = [.default]) async throws -> [Delivery] {
        try await next(upTo: limit, from: queues, wait: false)
    }
}

extension ManualTime {
    /// Runs `work` and moves the clock step by step until the work ends.
    ///
    /// The clock may move between the work's reading of it and its sleep; the work then wakes at the next step.
    func advance<Value: Sendable>(
        in step: Duration, until work: @Sendable @escaping () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                while !Task.isCancelled { await self.advance(by: step) }
                return nil
            }
            defer { group.cancelAll() }
            return try require(try await group.next() ?? nil, "an end of the work")
        }
    }
}
