#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
public import CeleriacCore

/// A promise of every broker that is a ``RevocationStore``.
public typealias RevocationCheck = Check<any Broker & RevocationStore>

extension Check where Subject == any Broker & RevocationStore {
    public static var all: [RevocationCheck] { revoking + remembering }

    static var revoking: [RevocationCheck] {
        [
            RevocationCheck("a revoked message that waits leaves its queue at once") { broker, time in
                try await broker.publish("a", "b")
                try await broker.publish([.sample("late", notBefore: time.now.adding(.minutes(1)))])
                try await broker.revoke("a", "late", at: time)
                try expect(await broker.counts(of: .default), is: QueueCounts(ready: 1, oldestReady: .zero), "counts")
                await time.advance(by: .minutes(1))
                try expect(await broker.drain(), is: ["b"], "claimed")
            },
            RevocationCheck("a call revoked while it waits is REVOKED, where the broker keeps results") {
                broker, time in
                guard let results = broker as? any ResultBackend else { return }
                try await broker.publish("a")
                let seen = try await results.record(of: "a")
                async let next = results.nextRecord(of: "a", after: seen)
                await time.settle()
                try await broker.revoke("a", at: time)
                try expect(await next?.state, is: .revoked, "next state")
                try expect(await results.record(of: "a")?.state, is: .revoked, "state")
            },
            RevocationCheck("a revocation names the calls whose messages it has removed, and no others") {
                broker, time in
                try await broker.publish("a", "b")
                try await broker.consume { consumer in
                    let running = try await consumer.claim()
                    let until = time.now.adding(.hours(9))
                    let removed = try await broker.revoke(["a", "b", "nobody"], terminate: false, until: until)
                    try expect(running.id, is: "a", "claimed")
                    let isGone = try await broker.counts(of: .default).ready == 0
                    try expect(removed, is: isGone ? ["b"] : [], "what is removed")
                }
            },
            RevocationCheck("a revoked call that runs goes on, and can end") { broker, time in
                try await broker.publish("a")
                try await broker.consume { consumer in
                    let delivery = try await consumer.claim()
                    try await broker.revoke("a", at: time)
                    try expect(await broker.counts(of: .default).leased, is: 1, "leased")
                    try expect(await consumer.extendLeases([delivery.receipt], by: lease), is: [], "receipts lost")
                    try expect(await consumer.settle(delivery, .ack), is: [], "receipts lost")
                }
            },
            RevocationCheck("a call revoked while it ran is handed out again marked as revoked") { broker, time in
                try await broker.publish("a")
                try await broker.consume { consumer in
                    let delivery = try await consumer.claim()
                    try expect(delivery.isRevoked, is: false, "is revoked")
                    try await broker.revoke("a", at: time)
                    _ = try await consumer.settle(delivery, .release())
                    try expect(await consumer.claim().isRevoked, is: true, "is revoked")
                }
            },
            RevocationCheck("a message that comes after its revocation is handed out marked as revoked") {
                broker, time in
                try await broker.revoke("a", at: time)
                try await broker.publish("a", "b")
                try await broker.consume { consumer in
                    let deliveries = try await consumer.peers()
                    try expect(deliveries.map(\.id), is: ["a", "b"], "claimed")
                    try expect(deliveries.map(\.isRevoked), is: [true, false], "is revoked")
                }
            },
            RevocationCheck("a revocation frees the unique key of the message that it takes out") { broker, time in
                try await broker.publish([.sample("a", unique: .untilDone)])
                try await broker.revoke("a", at: time)
                let report = try await broker.publish([.sample("b", unique: .untilDone)])
                try expect(report.duplicates, is: [:], "duplicates")
            },
            RevocationCheck("a revocation frees the unique key of a delayed call, whatever becomes of its message") {
                broker, time in
                for (number, span) in [Uniqueness.Span.untilDone, .untilStart].enumerated() {
                    let claim = UniqueClaim(key: "report:\(number)", span: span)
                    let (first, second) = (TaskID("first-\(number)"), TaskID("second-\(number)"))
                    let due = time.now.adding(.hours(1))
                    try await broker.publish([.sample(first, notBefore: due, unique: claim)])
                    try await broker.revoke([first], terminate: false, until: time.now.adding(.hours(9)))
                    let report = try await broker.publish([.sample(second, unique: claim)])
                    try expect(report.duplicates, is: [:], "duplicates of a revoked call")
                    let third = TaskID("third-\(number)")
                    let next = try await broker.publish([.sample(third, unique: claim)])
                    try expect(next.duplicates, is: [third: second], "duplicates of the call after it")
                }
                // When the revoked calls become due, they do not free the keys of the calls after them.
                await time.advance(by: .hours(1))
                let claim = UniqueClaim(key: "report:0", span: .untilDone)
                try await broker.consume { consumer in
                    let deliveries = try await consumer.peers()
                    _ = try await consumer.settle(deliveries.filter(\.isRevoked).map { ($0.receipt, .ack) })
                    let report = try await broker.publish([.sample("fourth", unique: claim)])
                    try expect(report.duplicates, is: ["fourth": "second-0"], "duplicates once that is over")
                }
            },
            RevocationCheck("a revocation frees the unique key of a call that waits for its next attempt") {
                broker, time in
                try await broker.publish([.sample("a", unique: .untilDone)])
                try await broker.consume { consumer in
                    let delivery = try await consumer.claim()
                    let due = time.now.adding(.minutes(1))
                    _ = try await consumer.settle(delivery, .retry(delivery.envelope.next, notBefore: due))
                }
                try await broker.revoke("a", at: time)
                let report = try await broker.publish([.sample("b", unique: .untilDone)])
                try expect(report.duplicates, is: [:], "duplicates")
            },
            RevocationCheck("a call that runs keeps its unique key through a revocation, to its end") { broker, time in
                try await broker.publish([.sample("a", unique: .untilDone)])
                try await broker.consume { consumer in
                    let delivery = try await consumer.claim()
                    try await broker.revoke("a", at: time)
                    let during = try await broker.publish([.sample("b", unique: .untilDone)])
                    try expect(during.duplicates, is: ["b": "a"], "duplicates while it runs")
                    _ = try await consumer.settle(delivery, .ack)
                }
                let after = try await broker.publish([.sample("c", unique: .untilDone)])
                try expect(after.duplicates, is: [:], "duplicates after its end")
            },
        ]
    }

    static var remembering: [RevocationCheck] {
        [
            RevocationCheck("revocations are told among those asked for") { broker, time in
                try await broker.revoke("a", "b", at: time)
                let stop = time.now.adding(.hours(2))
                try await broker.revoke(["c"], terminate: true, until: stop)
                let told = try await broker.revocations(among: ["a", "c", "nobody"])
                let expected: [TaskID: Revocation] = [
                    "a": Revocation(id: "a", terminate: false, until: time.now.adding(.hours(1))),
                    "c": Revocation(id: "c", terminate: true, until: stop),
                ]
                try expect(told, is: expected, "revocations")
                try expect(await broker.revocations(among: []), is: [:], "revocations among none")
            },
            RevocationCheck("a second revocation may terminate as well") { broker, time in
                try await broker.revoke("a", at: time)
                try await broker.revoke(["a"], terminate: true, until: time.now.adding(.hours(1)))
                try expect(await broker.revocations(among: ["a"])["a"]?.terminate, is: true, "terminate")
            },
            RevocationCheck("a revocation is forgotten at its time") { broker, time in
                try await broker.revoke("a", at: time)
                await time.advance(by: .hours(1))
                try expect(await broker.revocations(among: ["a"]), is: [:], "revocations")
                try await broker.publish("a")
                try await broker.consume { consumer in
                    try expect(await consumer.claim().isRevoked, is: false, "is revoked")
                }
            },
            RevocationCheck("who waits for a revocation wakes, with a newer generation") { broker, time in
                try await broker.revoke("a", at: time)
                let first = try await broker.nextRevocation(after: -1)
                async let next = broker.nextRevocation(after: first)
                await time.settle()
                try await broker.revoke("b", at: time)
                try expect(await next > first, "the generation did not grow")
            },
            RevocationCheck("who missed a revocation need not wait") { broker, time in
                try await broker.revoke("a", at: time)
                let first = try await broker.nextRevocation(after: -1)
                try await broker.revoke("b", at: time)
                try await broker.revoke("c", at: time)
                let second = try await broker.nextRevocation(after: first)
                try expect(second > first, "the generation did not grow")
            },
            RevocationCheck("who waits for a revocation can be cancelled") { broker, time in
                try await broker.revoke("a", at: time)
                let generation = try await broker.nextRevocation(after: -1)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        try await expectCancelled { _ = try await broker.nextRevocation(after: generation) }
                    }
                    await time.settle()
                    group.cancelAll()
                    try await group.waitForAll()
                }
            },
        ]
    }
}

extension RevocationStore {
    /// Revokes calls for an hour, without cancelling those that run.
    fileprivate func revoke(_ ids: TaskID..., at time: ManualTime) async throws {
        try await revoke(ids, terminate: false, until: time.now.adding(.hours(1)))
    }
}
