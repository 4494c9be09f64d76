import CeleriacCore

extension Check where Subject == any Broker {
    static var delays: [BrokerCheck] {
        [
            BrokerCheck(
                "a delayed message is not visible before its time, and visible at it", needs: [.delays, .movableTime]
            ) { broker, time in
                try await broker.publish([.sample("a", notBefore: time.now.adding(.seconds(10)))])
                await time.advance(by: .seconds(10) - .milliseconds(1))
                try expect(await broker.drain(), is: [], "claimed a millisecond early")
                await time.advance(by: .milliseconds(1))
                try expect(await broker.drain(), is: ["a"], "claimed in time")
            },
            BrokerCheck("a message whose time has passed already is visible at once", needs: [.delays]) {
                broker, time in
                try await broker.publish([.sample("a", notBefore: time.now.adding(.seconds(-10)))])
                try expect(await broker.drain(), is: ["a"], "claimed")
            },
            BrokerCheck("a delayed message does not hold up those that are ready", needs: [.delays]) { broker, time in
                try await broker.publish([
                    .sample("late", priority: .critical, notBefore: time.now.adding(.hours(1))), .sample("a"),
                ])
                try expect(await broker.drain(), is: ["a"], "claimed")
            },
            BrokerCheck(
                "a priority counts once the message is due", needs: [.order, .priorities, .delays, .movableTime]
            ) { broker, time in
                try await broker.publish([
                    .sample("urgent", priority: .critical, notBefore: time.now.adding(.seconds(5))), .sample("a"),
                ])
                await time.advance(by: .seconds(5))
                try expect(await broker.drain(), is: ["urgent", "a"], "order")
            },
            BrokerCheck(
                "a delayed message that is to be at the front is there once it is due",
                needs: [.order, .front, .delays, .movableTime]
            ) { broker, time in
                let due = time.now.adding(.seconds(5))
                try await broker.publish([
                    .sample("a"), .sample("front", notBefore: due, atFront: true), .sample("b", notBefore: due),
                ])
                await time.advance(by: .seconds(5))
                try expect(await broker.drain(), is: ["front", "a", "b"], "order")
            },
            BrokerCheck("a message of ten years' delay waits and is kept", needs: [.delays, .movableTime, .allCounts]) {
                broker, time in
                try await broker.publish([.sample("a", notBefore: time.now.adding(.days(3652)))])
                try expect(await broker.drain(), is: [], "claimed")
                try expect(await broker.counts(of: .default).delayed, is: 1, "delayed")
                await time.advance(by: .days(3652))
                try expect(await broker.drain(), is: ["a"], "claimed in time")
            },
            BrokerCheck("a retry is not visible before its time, and visible at it", needs: [.delays, .movableTime]) {
                broker, time in
                try await broker.publish("a")
                try await broker.consume { consumer in
                    let delivery = try await consumer.claim()
                    let due = time.now.adding(.seconds(20))
                    _ = try await consumer.settle(delivery, .retry(delivery.envelope.next, notBefore: due))
                    await time.advance(by: .seconds(20) - .milliseconds(1))
                    try expect(await consumer.peers().map(\.id), is: [], "claimed a millisecond early")
                    await time.advance(by: .milliseconds(1))
                    try expect(await consumer.peers().map(\.id), is: ["a"], "claimed in time")
                }
            },
            BrokerCheck("a wall clock set forward makes due what is then due", needs: [.delays, .movableTime]) {
                broker, time in
                try await broker.publish([.sample("a", notBefore: time.now.adding(.hours(1)))])
                time.setClock(by: .hours(2))
                try expect(await broker.drain(), is: ["a"], "claimed")
            },
        ]
    }
}
