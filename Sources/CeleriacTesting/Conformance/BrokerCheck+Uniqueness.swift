import CeleriacCore

extension Check where Subject == any Broker {
    static var uniqueness: [BrokerCheck] {
        [
            BrokerCheck("a unique key keeps out a second call, and names the first", needs: [.uniqueKeys, .order]) {
                broker, _ in
                try await broker.publish([.sample("a", unique: .untilDone)])
                let report = try await broker.publish([.sample("b", unique: .untilDone), .sample("c")])
                try expect(report.duplicates, is: ["b": "a"], "duplicates")
                try expect(await broker.drain(), is: ["a", "c"], "claimed")
            },
            BrokerCheck("a unique key keeps out a second call of the same publish", needs: [.uniqueKeys]) { broker, _ in
                let report = try await broker.publish([
                    .sample("a", unique: .untilDone), .sample("b", to: "mail", unique: .untilDone),
                ])
                try expect(report.duplicates, is: ["b": "a"], "duplicates")
            },
            BrokerCheck("other keys, and calls without one, are free", needs: [.uniqueKeys]) { broker, _ in
                try await broker.publish([.sample("a", unique: .untilDone)])
                let other = UniqueClaim(key: "report:8", span: .untilDone)
                let report = try await broker.publish([.sample("b", unique: other), .sample("c")])
                try expect(report.duplicates, is: [:], "duplicates")
            },
            BrokerCheck("a delayed message holds its key", needs: [.uniqueKeys, .delays]) { broker, time in
                try await broker.publish([.sample("a", notBefore: time.now.adding(.hours(1)), unique: .untilStart)])
                let report = try await broker.publish([.sample("b", unique: .untilStart)])
                try expect(report.duplicates, is: ["b": "a"], "duplicates")
            },
            BrokerCheck(
                "a key until done is held while the call runs, and free after it is acked", needs: [.uniqueKeys]
            ) { broker, _ in
                try await broker.publish([.sample("a", unique: .untilDone)])
                try await broker.consume { consumer in
                    let delivery = try await consumer.claim()
                    let during = try await broker.publish([.sample("b", unique: .untilDone)])
                    try expect(during.duplicates, is: ["b": "a"], "duplicates while it runs")
                    _ = try await consumer.settle(delivery, .ack)
                    let after = try await broker.publish([.sample("c", unique: .untilDone)])
                    try expect(after.duplicates, is: [:], "duplicates after the ack")
                }
            },
            BrokerCheck(
                "a key until done is held through retry, release and lapse",
                needs: [.uniqueKeys, .leases, .movableTime]
            ) { broker, time in
                try await broker.publish([.sample("a", unique: .untilDone)])
                try await broker.consume { consumer in
                    let first = try await consumer.claim()
                    _ = try await consumer.settle(first, .retry(first.envelope.next, notBefore: nil))
                    let retried = try await broker.publish([.sample("b", unique: .untilDone)])
                    try expect(retried.duplicates, is: ["b": "a"], "duplicates after the retry")
                    _ = try await consumer.settle(await consumer.claim(), .release())
                    let released = try await broker.publish([.sample("c", unique: .untilDone)])
                    try expect(released.duplicates, is: ["c": "a"], "duplicates after the release")
                    _ = try await consumer.claim()
                    await time.advance(by: lease)
                    let lapsed = try await broker.publish([.sample("d", unique: .untilDone)])
                    try expect(lapsed.duplicates, is: ["d": "a"], "duplicates after the lapse")
                }
            },
            BrokerCheck("a key until start is free once a worker holds the call", needs: [.uniqueKeys]) { broker, _ in
                try await broker.publish([.sample("a", unique: .untilStart)])
                let before = try await broker.publish([.sample("b", unique: .untilStart)])
                try expect(before.duplicates, is: ["b": "a"], "duplicates before the start")
                try await broker.consume { consumer in
                    _ = try await consumer.claim()
                    let after = try await broker.publish([.sample("c", unique: .untilStart)])
                    try expect(after.duplicates, is: [:], "duplicates after the start")
                }
            },
            BrokerCheck("the end of a call frees no key that another has taken since", needs: [.uniqueKeys]) {
                broker, _ in
                try await broker.publish([.sample("a", unique: .untilStart)])
                try await broker.consume { consumer in
                    let delivery = try await consumer.claim()
                    try await broker.publish([.sample("b", unique: .untilStart)])
                    _ = try await consumer.settle(delivery, .ack)
                    let report = try await broker.publish([.sample("c", unique: .untilStart)])
                    try expect(report.duplicates, is: ["c": "b"], "duplicates")
                }
            },
            BrokerCheck("a key is free once its call is a dead letter", needs: [.uniqueKeys]) { broker, _ in
                try await broker.publish([.sample("a", unique: .untilDone)])
                try await broker.consume { consumer in
                    _ = try await consumer.settle(await consumer.claim(), .deadLetter(reason: "it broke"))
                }
                let report = try await broker.publish([.sample("b", unique: .untilDone)])
                try expect(report.duplicates, is: [:], "duplicates")
            },
            BrokerCheck("a purge frees the keys of what it deletes", needs: [.uniqueKeys]) { broker, _ in
                try await broker.publish([.sample("a", unique: .untilDone)])
                _ = try await broker.purge(.default)
                let report = try await broker.publish([.sample("b", unique: .untilDone)])
                try expect(report.duplicates, is: [:], "duplicates")
            },
            BrokerCheck("a purge frees the keys of what it deletes among the delayed", needs: [.uniqueKeys, .delays]) {
                broker, time in
                try await broker.publish([.sample("a", notBefore: time.now.adding(.hours(1)), unique: .untilDone)])
                _ = try await broker.purge(.default)
                let report = try await broker.publish([.sample("b", unique: .untilDone)])
                try expect(report.duplicates, is: [:], "duplicates")
            },
            BrokerCheck("a key may be any text", needs: [.uniqueKeys]) { broker, _ in
                let keys = ["", "it's; DROP TABLE messages --", "\u{0}a", "\u{0}b", "é", "e\u{301}x", "日本🎉", "%_*?"]
                for (number, key) in keys.enumerated() {
                    let claim = UniqueClaim(key: key, span: .untilDone)
                    let first = TaskID("first-\(number)")
                    try expect(
                        await broker.publish([.sample(first, unique: claim)]).duplicates, is: [:], "first of \(key)")
                    let second = TaskID("second-\(number)")
                    let report = try await broker.publish([.sample(second, unique: claim)])
                    try expect(report.duplicates, is: [second: first], "duplicates of \(key)")
                }
            },
        ]
    }

    static var counting: [BrokerCheck] {
        [
            BrokerCheck("a counter of queues knows the numbers that it promises", needs: [.counts]) { broker, _ in
                let counts = try await broker.counts(of: .default)
                try expect([counts.ready, counts.dead], is: [0, 0], "ready messages and dead letters")
                let others = broker.traits.counts == .all ? [0, 0] : [nil, nil]
                try expect([counts.delayed, counts.leased], is: others, "delayed and leased messages")
            },
            BrokerCheck("a queue that nobody has heard of is empty", needs: [.counts]) { broker, _ in
                try expect(await broker.counts(of: "nobody"), is: QueueCounts(), "counts")
                try expect(await broker.purge("nobody"), is: 0, "purged")
            },
            BrokerCheck("a queue counts its messages by where they stand", needs: [.allCounts, .order, .delays]) {
                broker, time in
                try await broker.bury("dead")
                try await broker.publish("held", "a", "b", "c")
                try await broker.publish([.sample("late", notBefore: time.now.adding(.hours(1)))])
                try await broker.publish("other", to: "mail")
                try await broker.consume { consumer in
                    _ = try await consumer.claim()
                    let expected = QueueCounts(ready: 3, delayed: 1, leased: 1, dead: 1, oldestReady: .zero)
                    try expect(await broker.counts(of: .default), is: expected, "counts")
                }
            },
            BrokerCheck("a delayed message counts as ready once it is due", needs: [.allCounts, .delays, .movableTime])
            {
                broker, time in
                try await broker.publish([.sample("a", notBefore: time.now.adding(.seconds(10)))])
                await time.advance(by: .seconds(10))
                let expected = QueueCounts(ready: 1, oldestReady: .zero)
                try expect(await broker.counts(of: .default), is: expected, "counts")
            },
            BrokerCheck("a lapsed message counts as ready", needs: [.allCounts, .leases, .movableTime]) {
                broker, time in
                try await broker.publish("a")
                try await broker.consume { consumer in
                    _ = try await consumer.claim()
                    await time.advance(by: lease)
                    let counts = try await broker.counts(of: .default)
                    try expect([counts.ready, counts.leased], is: [1, 0], "ready and leased")
                }
            },
            BrokerCheck(
                "the age of a queue is that of the longest due",
                needs: [.allCounts, .order, .priorities, .front, .movableTime]
            ) { broker, time in
                try await broker.publish([.sample("a", priority: .low)])
                await time.advance(by: .seconds(30))
                try await broker.publish([.sample("b", priority: .high), .sample("c", atFront: true)])
                await time.advance(by: .seconds(10))
                try expect(await broker.counts(of: .default).oldestReady, is: .seconds(40), "age")
                try await broker.consume { consumer in
                    try expect(await consumer.peers(2).map(\.id), is: ["b", "c"], "claimed")
                    try expect(await broker.counts(of: .default).oldestReady, is: .seconds(40), "age")
                    _ = try await consumer.claim()
                    try expect(await broker.counts(of: .default).oldestReady, is: nil, "age of an empty queue")
                }
            },
            BrokerCheck(
                "a purge deletes what waits, and leaves the leased and the dead",
                needs: [.allCounts, .order, .delays, .movableTime]
            ) { broker, time in
                try await broker.bury("dead")
                try await broker.publish("held", "a", "b")
                try await broker.publish([.sample("late", notBefore: time.now.adding(.hours(1)))])
                try await broker.publish("other", to: "mail")
                try await broker.consume { consumer in
                    let held = try await consumer.claim()
                    try expect(await broker.purge(.default), is: 3, "purged")
                    try expect(await broker.counts(of: .default), is: QueueCounts(leased: 1, dead: 1), "counts")
                    try expect(await consumer.settle(held, .ack), is: [], "receipts lost")
                }
                await time.advance(by: .hours(1))
                try expect(await broker.drain([.default, "mail"]), is: ["other"], "claimed")
            },
            BrokerCheck("the ids of what was purged are free again", needs: [.order]) { broker, _ in
                try await broker.publish("a", "b")
                _ = try await broker.purge(.default)
                try expect(await broker.publish("b", "a").duplicates, is: [:], "duplicates")
                try expect(await broker.drain(), is: ["b", "a"], "claimed")
            },
        ]
    }
}
