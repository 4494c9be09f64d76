import CeleriacCore

extension Check where Subject == any Broker {
    static var settling: [BrokerCheck] {
        [
            BrokerCheck("a second settlement of one receipt does nothing and is reported", needs: [.fence]) {
                broker, _ in
                try await broker.publish("a")
                try await broker.consume { consumer in
                    let delivery = try await consumer.claim()
                    try expect(await consumer.settle(delivery, .ack), is: [], "receipts lost")
                    let again = try await consumer.settle(delivery, .release())
                    try expect(again, is: [delivery.receipt], "receipts lost")
                }
                try expect(await broker.drain(), is: [], "claimed")
            },
            BrokerCheck("of two settlements of one receipt in one call the first counts", needs: [.fence]) {
                broker, _ in
                try await broker.publish("a")
                try await broker.consume { consumer in
                    let receipt = try await consumer.claim().receipt
                    let lost = try await consumer.settle([(receipt, .ack), (receipt, .release())])
                    try expect(lost, is: [receipt], "receipts lost")
                }
                try expect(await broker.drain(), is: [], "claimed")
            },
            BrokerCheck(
                "a settlement under a lost lease does nothing, the new holder's counts",
                needs: [.fence, .leases, .movableTime, .allCounts]
            ) { broker, time in
                for settlement in [
                    Settlement.ack, .release(), .deadLetter(reason: "no"), .retry(.sample("a"), notBefore: nil),
                ] {
                    try await broker.publish("a")
                    try await broker.consume { slow in
                        let old = try await slow.claim()
                        await time.advance(by: lease)
                        try await broker.consume { quick in
                            let new = try await quick.claim()
                            let lost = try await slow.settle([(old.receipt, settlement)])
                            try expect(lost, is: [old.receipt], "receipts lost by \(settlement)")
                            try expect(await broker.counts(of: .default).leased, is: 1, "leased after \(settlement)")
                            try expect(await quick.settle(new, .ack), is: [], "receipts lost by the new holder")
                        }
                    }
                    try expect(await broker.counts(of: .default), is: QueueCounts(), "counts after \(settlement)")
                }
            },
            BrokerCheck(
                "one lost receipt does not keep the others of its call from being settled", needs: [.fence, .counts]
            ) { broker, _ in
                try await broker.publish("a", "b", "c")
                try await broker.consume { consumer in
                    let all = try await consumer.peers()
                    _ = try await consumer.settle(all[1], .ack)
                    let lost = try await consumer.settle(all.map { ($0.receipt, .ack) })
                    try expect(lost, is: [all[1].receipt], "receipts lost")
                }
                try expect(await broker.counts(of: .default), is: QueueCounts(), "counts")
            },
            BrokerCheck("a retry that the broker cannot store harms no other settlement of its call") { broker, _ in
                for unwieldy in Envelope.sample("b").unwieldy {
                    try await broker.publish("a", "b", "c")
                    try await broker.consume { consumer in
                        let all = try await consumer.peers()
                        var settlements = all.map { ($0.receipt, Settlement.ack) }
                        settlements[1].1 = .retry(unwieldy, notBefore: nil)
                        do {
                            try expect(await consumer.settle(settlements), is: [], "receipts lost")
                        } catch let refusal as CompletionRefusal {
                            try expect(Array(refusal.reasons.keys), is: [all[1].receipt], "receipts refused")
                            try expect(refusal.lost, is: [], "receipts lost")
                            try expect(await consumer.settle(all[1], .ack), is: [], "receipts lost")
                        }
                    }
                    try expect(await broker.drain().filter { $0 != "b" }, is: [], "claimed")
                }
            },
            BrokerCheck("each claim of a message has a receipt of its own", needs: [.fence]) { broker, _ in
                try await broker.publish("a")
                try await broker.consume { consumer in
                    let first = try await consumer.claim()
                    _ = try await consumer.settle(first, .release())
                    let second = try await consumer.claim()
                    try expect(first.receipt != second.receipt, "the receipt came a second time")
                    try expect(await consumer.settle(first, .ack), is: [first.receipt], "receipts lost")
                    try expect(await consumer.settle(second, .ack), is: [], "receipts lost")
                }
            },
            BrokerCheck(
                "a released message is uncounted, and before its peers",
                needs: [.order, .uncountedReleases, .exactCounts]
            ) { broker, _ in
                try await broker.publish("a", "b", "c")
                try await broker.consume { consumer in
                    let all = try await consumer.peers(2)
                    // The last claimed message is released first; the order of the queue must stay the same.
                    _ = try await consumer.settle([(all[1].receipt, .release()), (all[0].receipt, .release())])
                    let again = try await consumer.peers()
                    try expect(again.map(\.id), is: ["a", "b", "c"], "order")
                    try expect(again.map(\.deliveryCount), is: [1, 1, 1], "delivery counts")
                }
            },
            BrokerCheck(
                "a release uncounts its own delivery only, not those lost before",
                needs: [.leases, .uncountedReleases, .exactCounts, .movableTime]
            ) { broker, time in
                try await broker.publish("a")
                try await broker.consume { consumer in
                    _ = try await consumer.claim()
                    await time.advance(by: lease)
                    _ = try await consumer.settle(await consumer.claim(), .release())
                    try expect(await consumer.claim().deliveryCount, is: 2, "delivery count")
                }
            },
            BrokerCheck(
                "a message released for later is visible from then on, uncounted",
                needs: [.order, .delays, .uncountedReleases, .exactCounts, .movableTime]
            ) { broker, time in
                try await broker.publish("a", "b")
                try await broker.consume { consumer in
                    let delivery = try await consumer.claim()
                    let later = time.now.adding(.seconds(10))
                    _ = try await consumer.settle(delivery, .release(notBefore: later))
                    try expect(await consumer.peers().map(\.id), is: ["b"], "claimed meanwhile")
                    await time.advance(by: .seconds(10))
                    let again = try await consumer.claim()
                    try expect(again.id, is: "a", "claimed in time")
                    try expect(again.deliveryCount, is: 1, "delivery count")
                }
            },
            BrokerCheck(
                "a retry replaces the envelope and starts the count anew", needs: [.leases, .exactCounts, .movableTime]
            ) { broker, time in
                try await broker.publish("a")
                try await broker.consume { consumer in
                    _ = try await consumer.claim()
                    await time.advance(by: lease)
                    let second = try await consumer.claim()
                    _ = try await consumer.settle(second, .retry(second.envelope.next, notBefore: nil))
                    let third = try await consumer.claim()
                    try expect(third.envelope, is: second.envelope.next, "envelope")
                    try expect(third.deliveryCount, is: 1, "delivery count")
                }
            },
            BrokerCheck("a retry goes back to its own queue, by its new priority", needs: [.order, .priorities]) {
                broker, _ in
                try await broker.publish("a", "b", to: "mail")
                try await broker.consume(["mail"]) { consumer in
                    let delivery = try await consumer.claim(from: "mail")
                    let urgent = Envelope.sample("a", priority: .critical)
                    _ = try await consumer.settle(delivery, .retry(urgent, notBefore: nil))
                }
                try expect(await broker.drain(["mail"]), is: ["a", "b"], "order")
            },
            BrokerCheck("the id of a message that is to be retried stays taken", needs: [.ids, .delays]) {
                broker, time in
                try await broker.publish("a")
                try await broker.consume { consumer in
                    let delivery = try await consumer.claim()
                    let later = time.now.adding(.minutes(1))
                    _ = try await consumer.settle(delivery, .retry(delivery.envelope.next, notBefore: later))
                }
                try expect(await broker.publish("a").duplicates, is: ["a": "a"], "duplicates")
            },
            BrokerCheck("a dead letter is off its queue, and counted", needs: [.counts]) { broker, _ in
                try await broker.bury("a")
                try expect(await broker.drain(), is: [], "claimed")
                try expect(await broker.counts(of: .default), is: QueueCounts(dead: 1), "counts")
            },
            BrokerCheck("a settlement of nothing does nothing") { broker, _ in
                try expect(await broker.consume { try await $0.settle([]) }, is: [], "receipts lost")
            },
        ]
    }

    static var consumers: [BrokerCheck] {
        [
            BrokerCheck(
                "what a consumer holds at the end of its scope is released, uncounted",
                needs: [.order, .uncountedReleases, .exactCounts]
            ) { broker, _ in
                try await broker.publish("a", "b", "c")
                try await broker.consume { consumer in
                    let held = try await consumer.peers()
                    _ = try await consumer.settle(held[1], .ack)
                }
                try await broker.consume { consumer in
                    let again = try await consumer.peers()
                    try expect(again.map(\.id), is: ["a", "c"], "claimed")
                    try expect(again.map(\.deliveryCount), is: [1, 1], "delivery counts")
                }
            },
            BrokerCheck("a receipt of a consumer whose scope has ended settles nothing", needs: [.fence]) { broker, _ in
                try await broker.publish("a")
                let (ended, old) = try await broker.consume { ($0, try await $0.claim()) }
                try await broker.consume { consumer in
                    let new = try await consumer.claim()
                    try expect(await ended.settle(old, .ack), is: [old.receipt], "receipts lost")
                    try expect(await consumer.settle(new, .ack), is: [], "receipts lost by the new holder")
                }
            },
            BrokerCheck("a consumer's scope ends by an error, which is passed on, and releases") { broker, _ in
                try await broker.publish("a")
                do {
                    try await broker.consume { consumer in
                        _ = try await consumer.claim()
                        throw Interruption()
                    }
                    throw BrokenPromise("the error was swallowed", #fileID, #line)
                } catch is Interruption {}
                try expect(await broker.drain(), is: ["a"], "claimed")
            },
            BrokerCheck(
                "a consumer's scope ends by cancellation and releases", needs: [.uncountedReleases, .exactCounts]
            ) { broker, time in
                try await broker.publish("a")
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        try await broker.consume { consumer in
                            _ = try await consumer.claim()
                            try await time.sleep(for: .days(1))
                        }
                    }
                    try await time.untilSleepers(1)
                    group.cancelAll()
                    _ = await group.nextResult()
                }
                try await broker.consume { consumer in
                    try expect(await consumer.claim().deliveryCount, is: 1, "delivery count")
                }
            },
            BrokerCheck("the end of one consumer leaves what others hold", needs: [.allCounts]) { broker, _ in
                try await broker.publish("a", "b")
                try await broker.consume { holder in
                    let kept = try await holder.claim()
                    try await broker.consume { _ = try await $0.claim() }
                    try expect(await broker.counts(of: .default).leased, is: 1, "leased")
                    try expect(await holder.settle(kept, .ack), is: [], "receipts lost")
                }
            },
            BrokerCheck("a consumer's scope returns what its body does") { broker, _ in
                try expect(await broker.consume { _ in 7 }, is: 7, "value")
            },
        ]
    }
}

/// The error that a consumer's body throws in the suite.
private struct Interruption: Error {}
