public import CeleriacCore

extension Check where Subject == any CompletionStore {
    /// The promises of a ``StateDerivingStore``.
    public static var deriving: [CompletionStoreCheck] {
        [
            CompletionStoreCheck("a call that waits is PENDING, and STARTED while it is leased") { store, time in
                try await store.publish([.sample("a", to: "mail", notBefore: time.now.adding(.seconds(10)))])
                try expect(await store.record(of: "a")?.state, is: .pending, "state while delayed")
                await time.advance(by: .seconds(10))
                let waiting = try await store.record(of: "a")
                try expect(waiting?.state, is: .pending, "state while ready")
                try expect(waiting?.queue, is: "mail", "queue")
                try expect(waiting?.task, is: "tests.sample", "task")
                try await store.consume(["mail"]) { consumer in
                    _ = try await consumer.claim(from: "mail")
                    try expect(await store.record(of: "a")?.state, is: .started, "state while leased")
                }
                try expect(await store.record(of: "a")?.state, is: .pending, "state after its release")
            },
            CompletionStoreCheck("a call that was acked without a record is unknown") { store, _ in
                try await store.publish("a")
                try expect(await store.drain(), is: ["a"], "claimed")
                try expect(await store.record(of: "a"), is: nil, "record")
            },
            CompletionStoreCheck("a custom state stands for the rest of its attempt, and no longer") { store, time in
                try await store.publish("a")
                try await store.consume { consumer in
                    let delivery = try await consumer.claim()
                    try await store.record([.sample("a", "UPLOADING", at: time)])
                    try expect(await store.record(of: "a")?.state, is: "UPLOADING", "state")
                    _ = try await consumer.settle(delivery, .retry(delivery.envelope.next, notBefore: nil))
                    try expect(await store.record(of: "a")?.state, is: .pending, "state while it waits again")
                    _ = try await consumer.claim()
                    try expect(await store.record(of: "a")?.state, is: .started, "state of the second attempt")
                }
            },
            CompletionStoreCheck("who waits for a change sees a call start and end") { store, time in
                try await store.publish("a")
                let pending = try await store.record(of: "a")
                let change = StateChange.sample("a", .success, at: time)
                async let seen = store.changes(of: "a", after: pending, until: .success)
                await time.settle()
                try await store.consume { consumer in
                    let delivery = try await consumer.claim()
                    await time.settle()
                    let completion = Completion(receipt: delivery.receipt, settlement: .ack, change: change)
                    try expect(await store.complete([completion]), is: [], "receipts lost")
                }
                let states = try await seen
                try expect(states.last, is: change.record, "last record")
                try expect(states.dropLast().allSatisfy { $0.state == .started }, "states between: \(states)")
            },
            CompletionStoreCheck("who waits for an unknown call sees it published") { store, time in
                async let next = store.nextRecord(of: "a", after: nil)
                await time.settle()
                try await store.publish("a")
                try expect(await next?.state, is: .pending, "state")
            },
            CompletionStoreCheck("a forgotten call that still waits is PENDING") { store, time in
                try await store.publish("a")
                try await store.record([.sample("a", .retry, at: time)])
                try await store.forget("a")
                try expect(await store.record(of: "a")?.state, is: .pending, "state")
                try expect(await store.drain(), is: ["a"], "claimed")
            },
            CompletionStoreCheck("a call that is done may be made again under its id, and its old result stands") {
                store, time in
                try await store.record([.sample("a", .success, at: time)])
                try await store.publish("a")
                try expect(await store.record(of: "a")?.state, is: .success, "state")
                try expect(await store.drain(), is: ["a"], "claimed")
            },
        ]
    }
}

extension ResultBackend {
    /// Collects the changes of a call, one after another, until it has the given state.
    fileprivate func changes(
        of id: TaskID, after seen: TaskRecord?, until state: TaskState
    ) async throws -> [TaskRecord] {
        var changes: [TaskRecord] = []
        while changes.last?.state != state {
            guard let next = try await nextRecord(of: id, after: changes.last ?? seen) else { break }
            changes.append(next)
        }
        return changes
    }
}
