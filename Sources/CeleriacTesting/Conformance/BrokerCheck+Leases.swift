import CeleriacCore

extension Check where Subject == any Broker {
    static var leases: [BrokerCheck] {
        [
            BrokerCheck("a leased message is nobody else's") { broker, _ in
                try await broker.publish("a")
                try await broker.consume { holder in
                    _ = try await holder.claim()
                    try expect(await holder.peers().map(\.id), is: [], "claimed by the same consumer")
                    try expect(await broker.drain(), is: [], "claimed by another consumer")
                }
            },
            BrokerCheck("a lease ends at the deadline that the delivery shows, unless it has none") { broker, time in
                try await broker.publish("a")
                try await broker.consume { holder in
                    guard let deadline = try await holder.claim().leaseDeadline else { return }
                    try expect(deadline, is: time.uptime + lease, "deadline")
                }
            },
            BrokerCheck(
                "a lapsed lease hands the message to the next, counted", needs: [.leases, .exactCounts, .movableTime]
            ) { broker, time in
                try await broker.publish("a")
                try await broker.consume { dead in
                    try expect(await dead.claim().deliveryCount, is: 1, "first delivery count")
                    await time.advance(by: lease - .seconds(1))
                    try expect(await dead.peers().map(\.id), is: [], "claimed before the lapse")
                    await time.advance(by: .seconds(1))
                    try await broker.consume { next in
                        try expect(await next.claim().deliveryCount, is: 2, "second delivery count")
                    }
                }
            },
            BrokerCheck("each lapse counts", needs: [.leases, .exactCounts, .movableTime]) { broker, time in
                try await broker.publish("a")
                try await broker.consume { consumer in
                    for count in 1...5 {
                        try expect(await consumer.claim().deliveryCount, is: .exact(count), "delivery count")
                        await time.advance(by: lease)
                    }
                }
            },
            BrokerCheck("a lapsed message returns to its old place", needs: [.leases, .order, .movableTime]) {
                broker, time in
                try await broker.publish("a", "b", "c")
                try await broker.consume { dead in
                    _ = try await dead.claim()
                    await time.advance(by: lease)
                    try expect(await broker.drain(), is: ["a", "b", "c"], "order")
                }
            },
            BrokerCheck("a renewed lease is kept, counted from the renewal", needs: [.leases, .movableTime]) {
                broker, time in
                try await broker.publish("a")
                try await broker.consume { holder in
                    let delivery = try await holder.claim()
                    for _ in 0..<5 {
                        await time.advance(by: .seconds(20))
                        try expect(await holder.extendLeases([delivery.receipt], by: lease), is: [], "receipts lost")
                    }
                    await time.advance(by: lease - .seconds(1))
                    try expect(await broker.drain(), is: [], "claimed in the renewed lease")
                    try expect(await holder.settle(delivery, .ack), is: [], "receipts lost")
                }
                try expect(await broker.drain(), is: [], "claimed after the ack")
            },
            BrokerCheck("a renewed lease lapses at last", needs: [.leases, .movableTime]) { broker, time in
                try await broker.publish("a")
                try await broker.consume { holder in
                    let delivery = try await holder.claim()
                    await time.advance(by: .seconds(20))
                    _ = try await holder.extendLeases([delivery.receipt], by: lease)
                    await time.advance(by: lease)
                    try expect(await broker.drain(), is: ["a"], "claimed")
                }
            },
            BrokerCheck("a renewal may shorten a lease", needs: [.leases, .movableTime]) { broker, time in
                try await broker.publish("a")
                try await broker.consume { holder in
                    let delivery = try await holder.claim()
                    _ = try await holder.extendLeases([delivery.receipt], by: .seconds(5))
                    await time.advance(by: .seconds(5))
                    try expect(await broker.drain(), is: ["a"], "claimed")
                }
            },
            BrokerCheck("a renewal of one lease leaves the others", needs: [.leases, .order, .movableTime]) {
                broker, time in
                try await broker.publish("a", "b")
                try await broker.consume { holder in
                    let deliveries = try await holder.peers()
                    await time.advance(by: .seconds(20))
                    _ = try await holder.extendLeases([deliveries[1].receipt], by: lease)
                    await time.advance(by: .seconds(10))
                    try expect(await broker.drain(), is: ["a"], "claimed")
                }
            },
            BrokerCheck(
                "a renewal of a lost lease is reported and takes nothing back", needs: [.leases, .order, .movableTime]
            ) { broker, time in
                try await broker.publish("a", "b")
                try await broker.consume(["celery"]) { slow in
                    let old = try await slow.peers(1)[0]
                    await time.advance(by: lease)
                    try await broker.consume { quick in
                        let both = try await quick.peers()
                        try expect(both.map(\.id), is: ["a", "b"], "claimed")
                        try expect(
                            await slow.extendLeases([old.receipt], by: lease), is: [old.receipt], "receipts lost")
                        let kept = try await quick.extendLeases(both.map(\.receipt), by: lease)
                        try expect(kept, is: [], "receipts lost by the new holder")
                        try expect(await quick.settle(both[0], .ack), is: [], "receipts lost by the new holder")
                    }
                }
            },
            BrokerCheck("a renewal of what is settled is reported", needs: [.leases]) { broker, _ in
                try await broker.publish("a")
                try await broker.consume { holder in
                    let delivery = try await holder.claim()
                    _ = try await holder.settle(delivery, .ack)
                    let lost = try await holder.extendLeases([delivery.receipt], by: lease)
                    try expect(lost, is: [delivery.receipt], "receipts lost")
                }
            },
            BrokerCheck("a renewal of nothing does nothing") { broker, _ in
                let lost = try await broker.consume { try await $0.extendLeases([], by: lease) }
                try expect(lost, is: [], "receipts lost")
            },
            BrokerCheck("a wall clock set back or forward ends no lease", needs: [.movableTime]) { broker, time in
                try await broker.publish("a")
                try await broker.consume { holder in
                    let delivery = try await holder.claim()
                    time.setClock(by: .hours(3))
                    try expect(await broker.drain(), is: [], "claimed after the jump forward")
                    time.setClock(by: .hours(-6))
                    try expect(await broker.drain(), is: [], "claimed after the jump back")
                    try expect(await holder.settle(delivery, .ack), is: [], "receipts lost")
                }
            },
        ]
    }
}
