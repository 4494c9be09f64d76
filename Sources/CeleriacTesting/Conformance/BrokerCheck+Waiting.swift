import CeleriacCore

extension Check where Subject == any Broker {
    static var waiting: [BrokerCheck] {
        [
            BrokerCheck("a claim that does not wait returns empty-handed at once") { broker, _ in
                try await broker.consume { consumer in
                    try expect(await consumer.peers().map(\.id), is: [], "claimed")
                }
            },
            BrokerCheck("a claim that waits returns at once if there is something", needs: [.order]) { broker, _ in
                try await broker.publish("a", "b")
                try await broker.consume { consumer in
                    let deliveries = try await consumer.next(upTo: 5, from: [.default], wait: true)
                    try expect(deliveries.map(\.id), is: ["a", "b"], "claimed")
                }
            },
            BrokerCheck("a waiting claim wakes when a message is published") { broker, time in
                let claimed = try await broker.wait(meanwhile: { await time.settle() }) {
                    try await broker.publish("a")
                }
                try expect(claimed, is: ["a"], "claimed")
            },
            BrokerCheck("a waiting claim wakes for each of its queues") { broker, time in
                for queue: QueueName in ["a", "b", "c"] {
                    let claimed = try await broker.wait(["a", "b", "c"], meanwhile: { await time.settle() }) {
                        try await broker.publish([.sample(TaskID("of-\(queue)"), to: queue)])
                    }
                    try expect(claimed, is: [TaskID("of-\(queue)")], "claimed")
                }
            },
            BrokerCheck("a waiting claim wakes when a delayed message becomes due", needs: [.delays, .movableTime]) {
                broker, time in
                let due = time.now.adding(.minutes(5))
                try await broker.publish([.sample("a", notBefore: due)])
                let (claimed, at) = try await time.advance(in: .seconds(30)) {
                    let claimed = try await broker.wait()
                    return (claimed, time.now)
                }
                try expect(claimed, is: ["a"], "claimed")
                try expect(at >= due, "claimed before its time")
            },
            BrokerCheck(
                "a waiting claim wakes for a delayed message that was published while it waited",
                needs: [.delays, .movableTime]
            ) {
                broker, time in
                let claimed = try await time.advance(in: .seconds(10)) {
                    try await broker.wait(meanwhile: { await time.settle() }) {
                        try await broker.publish([.sample("a", notBefore: time.now.adding(.minutes(5)))])
                    }
                }
                try expect(claimed, is: ["a"], "claimed")
            },
            BrokerCheck("a waiting claim wakes when a message is released") { broker, time in
                try await broker.publish("a")
                try await broker.consume { holder in
                    let delivery = try await holder.claim()
                    let claimed = try await broker.wait(meanwhile: { await time.settle() }) {
                        _ = try await holder.settle(delivery, .release())
                    }
                    try expect(claimed, is: ["a"], "claimed")
                }
            },
            BrokerCheck("a waiting claim wakes when a message is to be retried at once") { broker, time in
                try await broker.publish("a")
                try await broker.consume { holder in
                    let delivery = try await holder.claim()
                    let claimed = try await broker.wait(meanwhile: { await time.settle() }) {
                        _ = try await holder.settle(delivery, .retry(delivery.envelope.next, notBefore: nil))
                    }
                    try expect(claimed, is: ["a"], "claimed")
                }
            },
            BrokerCheck("a waiting claim wakes when another consumer's scope ends") { broker, time in
                try await broker.publish("a")
                let claimed = try await broker.wait(meanwhile: { await time.settle() }, holding: "a")
                try expect(claimed, is: ["a"], "claimed")
            },
            BrokerCheck("a waiting claim wakes when a lease lapses", needs: [.leases, .movableTime]) { broker, time in
                try await broker.publish("a")
                try await broker.consume { holder in
                    _ = try await holder.claim()
                    let claimed = try await time.advance(in: .seconds(5)) { try await broker.wait() }
                    try expect(claimed, is: ["a"], "claimed")
                }
            },
            BrokerCheck("each of many waiting claims gets one of as many messages") { broker, time in
                let claimed = try await withThrowingTaskGroup(of: [TaskID].self) { group in
                    for _ in 0..<8 { group.addTask { try await broker.wait(limit: 1) } }
                    await time.settle()
                    for id in 0..<8 { try await broker.publish([.sample(TaskID("\(id)"))]) }
                    return try await group.reduce(into: []) { $0 += $1 }
                }
                try expect(claimed.map(\.rawValue).sorted(), is: (0..<8).map(String.init), "claimed")
            },
            BrokerCheck("one publish of many wakes as many waiting claims") { broker, time in
                let claimed = try await withThrowingTaskGroup(of: [TaskID].self) { group in
                    for _ in 0..<8 { group.addTask { try await broker.wait(limit: 1) } }
                    await time.settle()
                    try await broker.publish((0..<8).map { .sample(TaskID("\($0)")) })
                    return try await group.reduce(into: []) { $0 += $1 }
                }
                try expect(claimed.map(\.rawValue).sorted(), is: (0..<8).map(String.init), "claimed")
            },
            BrokerCheck("a cancelled claim throws CancellationError and holds nothing", needs: [.counts]) {
                broker, time in
                try await broker.consume { _ in
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        group.addTask { try await expectCancelled { _ = try await broker.wait() } }
                        await time.settle()
                        group.cancelAll()
                        try await group.waitForAll()
                    }
                }
                try await broker.publish("a")
                try expect(await broker.counts(of: .default), is: QueueCounts(ready: 1, oldestReady: .zero), "counts")
                try expect(await broker.drain(), is: ["a"], "claimed")
            },
            BrokerCheck("a cancelled claim leaves its message to the others that wait") { broker, time in
                for round in 0..<20 {
                    let claimed = try await withThrowingTaskGroup(of: [TaskID].self) { group in
                        let doomed = _Concurrency.Task { try await broker.wait(limit: 1) }
                        await time.settle()
                        group.addTask { try await broker.wait(limit: 1) }
                        await time.settle()
                        async let published = broker.publish([.sample(TaskID("\(round)"))])
                        doomed.cancel()
                        _ = try await published
                        // The cancelled claim may have received the message before its cancellation; the other one then
                        // gets a second message.
                        if case .success = await doomed.result { try await broker.publish([.sample("spare")]) }
                        return try await group.next() ?? []
                    }
                    try expect(claimed.count, is: 1, "claimed in round \(round)")
                }
            },
        ]
    }
}

extension Broker {
    /// Waits for messages with a consumer of its own, and acks them.
    func wait(_ queues: [QueueName] = [.default], limit: Int = 10) async throws -> [TaskID] {
        try await consume(queues) { consumer in
            let deliveries = try await consumer.next(upTo: limit, from: queues, wait: true)
            try expect(!deliveries.isEmpty, "a waiting claim returned empty-handed")
            try expect(await consumer.settle(deliveries.map { ($0.receipt, .ack) }), is: [], "receipts lost")
            return deliveries.map(\.id)
        }
    }

    /// Runs `act` while a claim most probably waits, and returns the ids that the claim received.
    func wait(
        _ queues: [QueueName] = [.default], meanwhile pause: () async -> Void, act: () async throws -> Void
    ) async throws -> [TaskID] {
        async let claimed = wait(queues)
        await pause()
        try await act()
        return try await claimed
    }

    /// Lets a consumer hold `id` until another claim most probably waits, and returns the ids that the claim received.
    func wait(meanwhile pause: () async -> Void, holding id: TaskID) async throws -> [TaskID] {
        try await withThrowingTaskGroup(of: [TaskID].self) { group in
            try await consume { holder in
                try expect(await holder.claim().id, is: id, "held")
                group.addTask { try await wait() }
                await pause()
            }
            return try await group.next() ?? []
        }
    }
}

/// - Throws: ``BrokenPromise`` unless `work` throws `CancellationError`.
func expectCancelled(
    file: String = #fileID, line: Int = #line, _ work: () async throws -> Void
) async throws {
    do {
        try await work()
    } catch is CancellationError {
        return
    }
    throw BrokenPromise("cancelled work ended without CancellationError", file, line)
}
