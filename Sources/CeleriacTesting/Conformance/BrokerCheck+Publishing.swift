import CeleriacCore

extension Check where Subject == any Broker {
    static var publishing: [BrokerCheck] {
        [
            BrokerCheck("what is published can be claimed, once") { broker, _ in
                try await broker.publish("a")
                try expect(await broker.drain(), is: ["a"], "claimed")
                try expect(await broker.drain(), is: [], "claimed a second time")
            },
            BrokerCheck("a message is claimed from its own queue only") { broker, _ in
                try await broker.publish("a", to: "mail")
                try expect(await broker.drain(["reports"]), is: [], "claimed from another queue")
                try expect(await broker.drain(["mail"]), is: ["a"], "claimed from its queue")
            },
            BrokerCheck("a publish of nothing does nothing") { broker, _ in
                try expect(await broker.publish([]), is: PublishReport(), "report")
                try expect(await broker.drain(), is: [], "claimed")
            },
            BrokerCheck("one publish reaches many queues") { broker, _ in
                try await broker.publish([.sample("a", to: "mail"), .sample("b", to: "reports")])
                try expect(await broker.drain(["mail"]), is: ["a"], "of mail")
                try expect(await broker.drain(["reports"]), is: ["b"], "of reports")
            },
            BrokerCheck("a second call with the id of one that waits is reported and not taken", needs: [.ids]) {
                broker, _ in
                try await broker.publish("a")
                try expect(await broker.publish("a", "b").duplicates, is: ["a": "a"], "duplicates")
                try expect(await broker.drain(), is: ["a", "b"], "claimed")
            },
            BrokerCheck("a second call with the id of one that is delayed is not taken", needs: [.ids, .delays]) {
                broker, time in
                try await broker.publish([.sample("a", notBefore: time.now.adding(.seconds(60)))])
                try expect(await broker.publish("a").duplicates, is: ["a": "a"], "duplicates")
                try expect(await broker.drain(), is: [], "claimed")
            },
            BrokerCheck(
                "a second call with the id of one that runs is not taken, not even in another queue", needs: [.ids]
            ) {
                broker, _ in
                try await broker.publish("a")
                try await broker.consume { consumer in
                    let delivery = try await consumer.claim()
                    try expect(await broker.publish("a", to: "mail").duplicates, is: ["a": "a"], "duplicates")
                    try expect(await consumer.settle(delivery, .ack), is: [], "receipts lost")
                }
                try expect(await broker.drain(["mail"]), is: [], "claimed")
            },
            BrokerCheck("an id is free again once its message is done") { broker, _ in
                try await broker.publish("a")
                try expect(await broker.drain(), is: ["a"], "claimed")
                try expect(await broker.publish("a").duplicates, is: [:], "duplicates")
                try expect(await broker.drain(), is: ["a"], "claimed after the second publish")
            },
            BrokerCheck("of two equal ids in one publish the first is taken", needs: [.ids]) { broker, _ in
                let report = try await broker.publish([.sample("a"), .sample("a", to: "mail"), .sample("b")])
                try expect(report.duplicates, is: ["a": "a"], "duplicates")
                try expect(await broker.drain([.default, "mail"]), is: ["a", "b"], "claimed")
            },
            BrokerCheck("a publish is seen whole or not at all", needs: [.atomicBatch, .counts]) { broker, _ in
                let size = 50
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for batch in 0..<20 {
                        group.addTask {
                            try await broker.publish((0..<size).map { .sample(TaskID("\(batch)-\($0)")) })
                        }
                    }
                    group.addTask {
                        for _ in 0..<20 {
                            let ready = try require(await broker.counts(of: .default).ready, "a count")
                            try expect(ready % size, is: 0, "messages of a publish under way")
                            await Task.yield()
                        }
                    }
                    try await group.waitForAll()
                }
                try expect(await broker.counts(of: .default).ready, is: 20 * size, "ready")
            },
            BrokerCheck("a call that the broker cannot store keeps no other of its publish back, or all of them") {
                broker, _ in
                for unwieldy in Envelope.sample("b").unwieldy {
                    var expected: Set<TaskID> = ["a", "c"]
                    do {
                        let calls = [.sample("a"), Publication(unwieldy, to: .default), .sample("c")]
                        let untaken = try await broker.publish(calls).untaken
                        try expect(untaken.keys.filter { $0 != "b" }, is: [], "calls that were not taken")
                    } catch let error as BrokerError {
                        try expect(broker.traits.batch, is: .atomic, "the trait of a broker that throws \(error)")
                        expected = []
                    }
                    try expect(Set(await broker.drain()).subtracting(["b"]), is: expected, "claimed")
                }
            },
        ]
    }
}
