public import CeleriacCore

/// A promise of every broker that is an ``Inspector``.
public typealias InspectorCheck = Check<any Broker & Inspector>

extension Check where Subject == any Broker & Inspector {
    public static var all: [InspectorCheck] { looking + paging }

    private static var looking: [InspectorCheck] {
        [
            InspectorCheck("queues are listed by name, also once they are empty") { broker, _ in
                try expect(await broker.queues(), is: [], "queues")
                try await broker.publish([.sample("1", to: "mail"), .sample("2", to: "a"), .sample("3", to: "Z")])
                try expect(await broker.drain(["mail"]), is: ["1"], "claimed")
                try expect(await broker.queues(), is: ["Z", "a", "mail"], "queues")
            },
            InspectorCheck("queues of odd names are listed, and looked into") { broker, _ in
                let names: [QueueName] = ["w1@host.dq2", "two words", "a/b", "*", "\u{E9}", "e\u{301}"]
                for (number, queue) in names.enumerated() {
                    try await broker.publish([.sample(TaskID("\(number)"), to: queue)])
                }
                try expect(Set(await broker.queues()), is: Set(names), "queues")
                for (number, queue) in names.enumerated() {
                    let messages = try await broker.messages(in: queue, .ready, after: nil, limit: 10)
                    try expect(messages.map(\.id), is: [TaskID("\(number)")], "messages of \(queue)")
                    try expect(await broker.message(of: TaskID("\(number)"))?.queue, is: queue, "queue of a message")
                }
            },
            InspectorCheck(
                "messages are listed in the order in which they would be claimed",
                needs: [.order, .priorities, .front, .delays, .movableTime]
            ) { broker, time in
                try await broker.publish([
                    .sample("a"), .sample("b", priority: .high), .sample("c"), .sample("d", atFront: true),
                    .sample("late-2", notBefore: time.now.adding(.hours(2))),
                    .sample("late-1", notBefore: time.now.adding(.hours(1))),
                ])
                try expect(await broker.ids(.ready), is: ["b", "d", "a", "c"], "ready")
                try expect(await broker.ids(.delayed), is: ["late-1", "late-2"], "delayed")
                try expect(await broker.ids(.leased), is: [], "leased")
                await time.advance(by: .hours(1))
                try expect(await broker.ids(.ready), is: ["b", "d", "a", "c", "late-1"], "ready later")
                try expect(await broker.drain(), is: ["b", "d", "a", "c", "late-1"], "claimed")
            },
            InspectorCheck("looking changes nothing") { broker, _ in
                try await broker.publish("a", "b")
                try expect(await broker.ids(.ready), is: ["a", "b"], "ready")
                try expect(await broker.message(of: "a")?.deliveryCount, is: 0, "delivery count")
                try await broker.consume { consumer in
                    try expect(await consumer.claim().deliveryCount, is: 1, "delivery count")
                }
            },
            InspectorCheck("leased and dead messages are listed as such") { broker, _ in
                try await broker.bury("dead")
                try await broker.publish("held", "a")
                try await broker.consume { consumer in
                    _ = try await consumer.claim()
                    try expect(await broker.ids(.leased), is: ["held"], "leased")
                    try expect(await broker.ids(.dead), is: ["dead"], "dead")
                    try expect(await broker.ids(.ready), is: ["a"], "ready")
                }
            },
            InspectorCheck("a message is found by its id, with all that is known of it", needs: [.anyBytes, .delays]) {
                broker, time in
                let due = time.now.adding(.minutes(1))
                let envelope = Envelope.full(at: time.now)
                try await broker.publish([Publication(envelope, to: "mail", notBefore: due)])
                let found = try require(await broker.message(of: "full"), "a message")
                try expect(found.envelope, is: envelope, "envelope")
                try expect(found.queue, is: "mail", "queue")
                try expect(found.status, is: .delayed, "status")
                try expect(found.notBefore, is: due, "not before")
                try expect(found.enqueuedAt, is: time.now, "enqueued at")
                try expect(found.place.attempt, is: 4, "attempt")
                try expect(await broker.message(of: "nobody") == nil, "found a message of nobody")
            },
            InspectorCheck("a message's status is that of the moment") { broker, time in
                try await broker.publish([.sample("a", notBefore: time.now.adding(.seconds(10)))])
                await time.advance(by: .seconds(10))
                try expect(await broker.message(of: "a")?.status, is: .ready, "status when due")
                try await broker.consume { consumer in
                    let delivery = try await consumer.claim()
                    try expect(await broker.message(of: "a")?.status, is: .leased, "status when claimed")
                    _ = try await consumer.settle(delivery, .deadLetter(reason: "it broke"))
                }
                try expect(await broker.message(of: "a")?.status, is: .dead, "status when dead")
            },
            InspectorCheck("a message knows how many come before it", needs: [.order, .priorities, .delays]) {
                broker, time in
                try await broker.publish("a", "b", "c")
                try await broker.publish([.sample("late", notBefore: time.now.adding(.hours(1)))])
                try expect(await broker.position(of: "a"), is: 0, "position of a")
                try expect(await broker.position(of: "c"), is: 2, "position of c")
                try expect(await broker.position(of: "late"), is: nil, "position of a delayed one")
                try expect(await broker.position(of: "nobody"), is: nil, "position of nobody")
                try await broker.publish([.sample("urgent", priority: .high)])
                try expect(await broker.position(of: "c"), is: 3, "position behind an urgent one")
                try await broker.consume { consumer in
                    _ = try await consumer.peers(2)
                    try expect(await broker.position(of: "a"), is: nil, "position of a leased one")
                    try expect(await broker.position(of: "c"), is: 1, "position of c")
                }
            },
            InspectorCheck("a message that waits can be removed, another cannot") { broker, time in
                try await broker.publish("held", "a", "b")
                try await broker.publish([.sample("late", notBefore: time.now.adding(.hours(1)), unique: .untilDone)])
                try await broker.consume { consumer in
                    let held = try await consumer.claim()
                    try expect(await broker.remove("a"), is: true, "removed a ready one")
                    try expect(await broker.remove("a"), is: false, "removed it twice")
                    try expect(await broker.remove("late"), is: true, "removed a delayed one")
                    try expect(await broker.remove("held"), is: false, "removed a leased one")
                    try expect(await broker.remove("nobody"), is: false, "removed nobody")
                    try expect(await consumer.settle(held, .ack), is: [], "receipts lost")
                }
                try expect(await broker.publish([.sample("c", unique: .untilDone)]).duplicates, is: [:], "duplicates")
                await time.advance(by: .hours(1))
                try expect(await broker.drain(), is: ["b", "c"], "claimed")
            },
        ]
    }
}

extension Inspector {
    func ids(_ status: MessagePlace.Status) async throws -> [TaskID] {
        try await messages(in: .default, status, after: nil, limit: 100).map(\.id)
    }
}
