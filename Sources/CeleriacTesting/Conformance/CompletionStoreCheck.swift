public import CeleriacCore

/// A promise of every ``CompletionStore``: only a broker that is also the result backend can keep it.
public typealias CompletionStoreCheck = Check<any CompletionStore>

extension Check where Subject == any CompletionStore {
    /// A ``StateDerivingStore`` also keeps the promises of ``deriving``.
    public static var all: [CompletionStoreCheck] { completing }

    static var completing: [CompletionStoreCheck] {
        [
            CompletionStoreCheck("a completion settles, records and publishes what comes next") { store, time in
                try await store.publish("a")
                try await store.consume { consumer in
                    let receipt = try await consumer.claim().receipt
                    let completion = Completion(
                        receipt: receipt, settlement: .ack, change: .sample("a", .success, at: time),
                        continuation: [.sample("next"), .sample("late", notBefore: time.now.adding(.hours(1)))]
                    )
                    try expect(await store.complete([completion]), is: [], "receipts lost")
                }
                let expected = QueueCounts(ready: 1, delayed: 1, oldestReady: .zero)
                try expect(await store.counts(of: .default), is: expected, "counts")
                try expect(await store.record(of: "a")?.state, is: .success, "state")
                try expect(await store.drain(), is: ["next"], "claimed")
            },
            CompletionStoreCheck("of a completion under a lost lease nothing is done") { store, time in
                try await store.publish("a")
                try await store.consume { slow in
                    let old = try await slow.claim()
                    await time.advance(by: lease)
                    try await store.consume { quick in
                        let new = try await quick.claim()
                        let late = Completion(
                            receipt: old.receipt, settlement: .ack, change: .sample("a", .success, at: time),
                            continuation: [.sample("next")]
                        )
                        try expect(await store.complete([late]), is: [old.receipt], "receipts lost")
                        try expect(await store.record(of: "a")?.state != .success, "the late completion was recorded")
                        try expect(await store.counts(of: .default), is: QueueCounts(leased: 1), "counts")
                        try expect(await quick.settle(new, .ack), is: [], "receipts lost by the new holder")
                    }
                }
            },
            CompletionStoreCheck("one lost lease does not keep the other completions from being done") { store, time in
                try await store.publish("a", "b", "c")
                try await store.consume { consumer in
                    let all = try await consumer.peers()
                    _ = try await consumer.settle(all[1], .ack)
                    let completions = all.map { delivery in
                        Completion(
                            receipt: delivery.receipt, settlement: .ack,
                            change: .sample(delivery.id, .success, at: time),
                            continuation: [.sample(TaskID("after-\(delivery.id)"))]
                        )
                    }
                    try expect(await store.complete(completions), is: [all[1].receipt], "receipts lost")
                }
                try expect(await store.record(of: "a")?.state, is: .success, "state of a")
                try await store.expectNothing(of: "b")
                try expect(await store.drain(), is: ["after-a", "after-c"], "claimed")
            },
            CompletionStoreCheck("one completion that cannot be written harms no other of its batch") { store, time in
                try await store.publish("a", "b", "c")
                try await store.consume { consumer in
                    let all = try await consumer.peers()
                    var completions = all.map { delivery in
                        Completion(
                            receipt: delivery.receipt, settlement: .ack,
                            change: .sample(delivery.id, .success, at: time))
                    }
                    completions[1].continuation = [.unwelcome]
                    do {
                        try expect(await store.complete(completions), is: [], "receipts lost")
                    } catch let refusal as CompletionRefusal {
                        try expect(Array(refusal.reasons.keys), is: [all[1].receipt], "receipts refused")
                        try expect(await store.record(of: "b")?.state != .success, "a refused completion was recorded")
                        try expect(await consumer.settle(all[1], .deadLetter(reason: "no")), is: [], "receipts lost")
                    }
                }
                try expect(await store.record(of: "a")?.state, is: .success, "state of a")
                try expect(await store.record(of: "c")?.state, is: .success, "state of c")
                try expect(await store.counts(of: .default).leased, is: 0, "leased")
            },
            CompletionStoreCheck("a completion that came before does nothing the second time") { store, time in
                try await store.publish("a")
                try await store.consume { consumer in
                    let completion = Completion(
                        receipt: try await consumer.claim().receipt, settlement: .ack,
                        change: .sample("a", .success, at: time), continuation: [.sample("next")]
                    )
                    try expect(await store.complete([completion]), is: [], "receipts lost")
                    try expect(await store.complete([completion]), is: [completion.receipt], "receipts lost")
                }
                try expect(await store.drain(), is: ["next"], "claimed")
            },
            CompletionStoreCheck("a completion may retry and record that") { store, time in
                try await store.publish("a")
                try await store.consume { consumer in
                    let delivery = try await consumer.claim()
                    let due = time.now.adding(.seconds(10))
                    let completion = Completion(
                        receipt: delivery.receipt, settlement: .retry(delivery.envelope.next, notBefore: due),
                        change: .sample("a", .retry, at: time)
                    )
                    try expect(await store.complete([completion]), is: [], "receipts lost")
                    try expect(await store.record(of: "a")?.state, is: .retry, "state while it waits")
                    await time.advance(by: .seconds(10))
                    try expect(await store.record(of: "a")?.state, is: .retry, "state while it is ready")
                    try expect(await consumer.claim().envelope.headers.attempt, is: 2, "attempt")
                }
            },
            CompletionStoreCheck("a completion may bury and record that") { store, time in
                try await store.publish("a")
                try await store.consume { consumer in
                    let completion = Completion(
                        receipt: try await consumer.claim().receipt, settlement: .deadLetter(reason: "it broke"),
                        change: .sample("a", .failure, at: time)
                    )
                    try expect(await store.complete([completion]), is: [], "receipts lost")
                }
                try expect(await store.record(of: "a")?.state, is: .failure, "state")
                try expect(await store.counts(of: .default), is: QueueCounts(dead: 1), "counts")
            },
            CompletionStoreCheck("a completion without a change records nothing") { store, _ in
                try await store.publish("a")
                try await store.consume { consumer in
                    let completion = Completion(receipt: try await consumer.claim().receipt, settlement: .ack)
                    try expect(await store.complete([completion]), is: [], "receipts lost")
                }
                try await store.expectNothing(of: "a")
            },
            CompletionStoreCheck("what comes next wakes a waiting claim") { store, time in
                try await store.publish("a")
                try await store.consume { consumer in
                    let receipt = try await consumer.claim().receipt
                    let claimed = try await store.wait(meanwhile: { await time.settle() }) {
                        let next = Completion(receipt: receipt, settlement: .ack, continuation: [.sample("next")])
                        _ = try await store.complete([next])
                    }
                    try expect(claimed, is: ["next"], "claimed")
                }
            },
            CompletionStoreCheck("a completion frees the unique key before it publishes what comes next") { store, _ in
                try await store.publish([.sample("a", unique: .untilDone)])
                try await store.consume { consumer in
                    let completion = Completion(
                        receipt: try await consumer.claim().receipt, settlement: .ack,
                        continuation: [.sample("next", unique: .untilDone)]
                    )
                    _ = try await store.complete([completion])
                }
                try expect(await store.drain(), is: ["next"], "claimed")
            },
        ]
    }
}

extension Publication {
    /// A call that some stores cannot accept: no queue is bound to its exchange, and its id is not valid in RQ.
    fileprivate static var unwelcome: Publication {
        let envelope = Envelope(
            headers: MessageHeaders(id: "no id of RQ's", task: "tests.sample"),
            properties: Envelope.Properties(exchange: "nobody's", routingKey: "nowhere"),
            body: Envelope.sample("x").body)
        return Publication(envelope, to: .default)
    }
}
