import CeleriacCore

extension Check where Subject == any Broker {
    static var ordering: [BrokerCheck] {
        [
            BrokerCheck("messages come in the order in which they were published", needs: [.order]) { broker, time in
                try await broker.publish("a", "b")
                await time.advance(by: .seconds(1))
                try await broker.publish("c", "d", "e")
                try expect(await broker.drain(), is: ["a", "b", "c", "d", "e"], "order")
            },
            BrokerCheck("higher priorities come first", needs: [.order, .priorities]) { broker, _ in
                try await broker.publish(
                    [1, 9, 4, 0, 7, 9].enumerated().map {
                        .sample(TaskID("\($0.offset)-of-\($0.element)"), priority: CallPriority(clamping: $0.element))
                    }
                )
                let expected: [TaskID] = ["1-of-9", "5-of-9", "4-of-7", "2-of-4", "0-of-1", "3-of-0"]
                try expect(await broker.drain(by: 2), is: expected, "order")
            },
            BrokerCheck("a higher priority overtakes what waits already", needs: [.order, .priorities]) { broker, _ in
                try await broker.publish("a", "b")
                try await broker.consume { consumer in
                    let first = try await consumer.claim()
                    try await broker.publish([.sample("urgent", priority: .critical)])
                    let second = try await consumer.claim()
                    try expect([first.id, second.id], is: ["a", "urgent"], "order")
                }
            },
            BrokerCheck("queues are tried strictly in the order given", needs: [.order, .priorities]) { broker, _ in
                try await broker.publish("low-1", "low-2", to: "low")
                try await broker.publish([.sample("urgent", to: "low", priority: .critical)])
                try await broker.publish("high-1", "high-2", to: "high")
                let expected: [TaskID] = ["high-1", "high-2", "urgent", "low-1", "low-2"]
                try expect(await broker.drain(["high", "low"], by: 4), is: expected, "order")
            },
            BrokerCheck("each claim may name its own order of queues", needs: [.order]) { broker, _ in
                try await broker.publish("a-1", "a-2", to: "a")
                try await broker.publish("b-1", "b-2", to: "b")
                try await broker.consume(["a", "b"]) { consumer in
                    var order = try await consumer.peers(1, from: ["b", "a"])
                    order += try await consumer.peers(1, from: ["a", "b"])
                    order += try await consumer.peers(9, from: ["a"])
                    order += try await consumer.peers(9, from: ["a", "b"])
                    try expect(order.map(\.id), is: ["b-1", "a-1", "a-2", "b-2"], "order")
                }
            },
            BrokerCheck("a message at the front comes before its peers, the latest first", needs: [.order, .front]) {
                broker, time in
                try await broker.publish("a", "b")
                await time.advance(by: .seconds(1))
                try await broker.publish([.sample("c", atFront: true)])
                try await broker.publish([.sample("d", atFront: true)])
                try expect(await broker.drain(), is: ["d", "c", "a", "b"], "order")
            },
            BrokerCheck("the front of a queue is the front of its priority", needs: [.order, .front, .priorities]) {
                broker, _ in
                try await broker.publish([.sample("urgent", priority: .high), .sample("a")])
                try await broker.publish([.sample("b", atFront: true)])
                try expect(await broker.drain(), is: ["urgent", "b", "a"], "order")
            },
            BrokerCheck(
                "of one priority those due earlier come first, whenever they were published",
                needs: [.strictOrder, .delays, .movableTime]
            ) { broker, time in
                try await broker.publish([.sample("third", notBefore: time.now.adding(.seconds(30)))])
                try await broker.publish([.sample("first", notBefore: time.now.adding(.seconds(10)))])
                await time.advance(by: .seconds(20))
                try await broker.publish("second")
                await time.advance(by: .seconds(20))
                try await broker.publish("fourth")
                try expect(await broker.drain(), is: ["first", "second", "third", "fourth"], "order")
            },
            BrokerCheck(
                "of those due at one instant the first published comes first", needs: [.order, .delays, .movableTime]
            ) { broker, time in
                let due = time.now.adding(.seconds(10))
                try await broker.publish([.sample("a", notBefore: due), .sample("b", notBefore: due)])
                try await broker.publish([.sample("c", notBefore: due)])
                await time.advance(by: .seconds(60))
                try expect(await broker.drain(), is: ["a", "b", "c"], "order")
            },
            BrokerCheck("a claim takes no more than its limit", needs: [.order]) { broker, _ in
                try await broker.publish((0..<10).map { .sample(TaskID("\($0)")) })
                try await broker.consume { consumer in
                    try expect(await consumer.peers(1).map(\.id), is: ["0"], "of one")
                    try expect(await consumer.peers(4).map(\.id), is: ["1", "2", "3", "4"], "of four")
                    try expect(await consumer.peers(100).count, is: 5, "of a hundred")
                }
            },
            BrokerCheck("a claim takes no more than its limit, in whatever order") { broker, _ in
                try await broker.publish((0..<10).map { .sample(TaskID("\($0)")) })
                try await broker.consume { consumer in
                    var claimed: [TaskID] = []
                    for limit in [1, 4, 100] {
                        let deliveries = try await consumer.peers(limit)
                        try expect(deliveries.count <= limit, "claimed \(deliveries.count) of at most \(limit)")
                        claimed += deliveries.map(\.id)
                    }
                    try expect(claimed.map(\.rawValue).sorted(), is: (0..<10).map(String.init), "claimed")
                }
            },
            BrokerCheck("a limit counts over all queues", needs: [.order]) { broker, _ in
                try await broker.publish("a", to: "a")
                try await broker.publish("b-1", "b-2", to: "b")
                try await broker.consume(["a", "b"]) { consumer in
                    try expect(await consumer.peers(2, from: ["a", "b"]).map(\.id), is: ["a", "b-1"], "claimed")
                }
            },
        ]
    }
}
