public import CeleriacCore

/// A promise of every broker that is a ``DeadLetterStore``.
public typealias DeadLetterCheck = Check<any Broker & DeadLetterStore>

extension Check where Subject == any Broker & DeadLetterStore {
    public static var all: [DeadLetterCheck] { keeping + requeueing + bounds }

    static var keeping: [DeadLetterCheck] {
        [
            DeadLetterCheck("a dead letter is kept with its envelope, reason and time", needs: [.anyBytes]) {
                broker, time in
                let envelope = Envelope.full(at: time.now)
                try await broker.publish([Publication(envelope, to: "mail")])
                try await broker.consume(["mail"]) { consumer in
                    let delivery = try await consumer.claim(from: "mail")
                    await time.advance(by: .seconds(5))
                    let reason = BrokerCheck.hostileTexts.joined()
                    try expect(await consumer.settle(delivery, .deadLetter(reason: reason)), is: [], "receipts lost")
                }
                let letter = try require(await broker.deadLetter(of: "full"), "a dead letter")
                try expect(letter.envelope, is: envelope, "envelope")
                try expect(letter.queue, is: "mail", "queue")
                try expect(letter.reason, is: BrokerCheck.hostileTexts.joined(), "reason")
                try expect(letter.diedAt, is: time.now, "time")
            },
            DeadLetterCheck("a call that is not dead has no dead letter") { broker, _ in
                try await broker.publish("a")
                try expect(await broker.deadLetter(of: "a") == nil, "a waiting call has a dead letter")
                try expect(await broker.deadLetter(of: "nobody") == nil, "nobody has a dead letter")
            },
            DeadLetterCheck("dead letters are listed newest first, by queue or all, page by page") { broker, time in
                for id: TaskID in ["1", "2", "3", "4"] {
                    try await broker.bury(id)
                    await time.advance(by: .seconds(1))
                }
                try await broker.publish("mail-1", to: "mail")
                try await broker.consume(["mail"]) { consumer in
                    _ = try await consumer.settle(await consumer.claim(from: "mail"), .deadLetter(reason: "no"))
                }
                try expect(await broker.letters(nil), is: ["mail-1", "4", "3", "2", "1"], "all")
                try expect(await broker.letters("mail"), is: ["mail-1"], "of mail")
                try expect(await broker.letters("nobody"), is: [], "of nobody")
                let first = try await broker.deadLetters(in: .default, after: nil, limit: 1)
                try expect(first.map(\.id), is: ["4"], "first page")
                let second = try await broker.deadLetters(in: .default, after: first.next, limit: 2)
                try expect(second.map(\.id), is: ["3", "2"], "second page")
                let third = try await broker.deadLetters(in: .default, after: second.next, limit: 2)
                try expect(third.map(\.id), is: ["1"], "third page")
                try expect(third.next == nil, "the list goes on behind its end")
            },
            DeadLetterCheck("pages of dead letters lose none and repeat none while others come and go") {
                broker, time in
                for id: TaskID in ["1", "2", "3", "4", "5", "6"] {
                    try await broker.bury(id)
                    await time.advance(by: .seconds(1))
                }
                let first = try await broker.deadLetters(in: nil, after: nil, limit: 2)
                try expect(first.map(\.id), is: ["6", "5"], "first page")
                _ = try await broker.deleteDeadLetters(["6", "5", "3"])
                try await broker.bury("new")
                let second = try await broker.deadLetters(in: nil, after: first.next, limit: 2)
                try expect(second.map(\.id), is: ["4", "2"], "second page")
                let third = try await broker.deadLetters(in: nil, after: second.next, limit: 2)
                try expect(third.map(\.id), is: ["1"], "third page")
            },
            DeadLetterCheck("dead letters of one instant are on one page each") { broker, _ in
                let ids = (0..<9).map { TaskID("\($0)") }
                for (number, id) in ids.enumerated() {
                    let queue: QueueName = number.isMultiple(of: 2) ? "mail" : .default
                    try await broker.publish([.sample(id, to: queue)])
                    try await broker.consume([queue]) { consumer in
                        _ = try await consumer.settle(await consumer.claim(from: queue), .deadLetter(reason: "no"))
                    }
                }
                var listed: [TaskID] = []
                var cursor: Cursor?
                repeat {
                    let page = try await broker.deadLetters(in: nil, after: cursor, limit: 2)
                    try expect(page.count <= 2, "\(page.count) letters on a page of two")
                    listed += page.map(\.id)
                    cursor = page.next
                } while cursor != nil && listed.count < 100
                try expect(listed.map(\.rawValue).sorted(), is: ids.map(\.rawValue), "listed")
            },
            DeadLetterCheck("a cursor of another list is refused") { broker, _ in
                do {
                    _ = try await broker.deadLetters(in: nil, after: Cursor(rawValue: "no cursor"), limit: 2)
                } catch let error as BrokerError where error.code == .refused {
                    return
                }
                throw BrokenPromise("a cursor of another list was taken", #fileID, #line)
            },
            DeadLetterCheck("a dead letter stays, however long") { broker, time in
                try await broker.bury("a")
                await time.advance(by: .days(400))
                try expect(await broker.letters(nil), is: ["a"], "dead letters")
            },
            DeadLetterCheck("deleted dead letters are gone, the others stay") { broker, _ in
                for id: TaskID in ["a", "b", "c"] { try await broker.bury(id) }
                try expect(await broker.deleteDeadLetters(["a", "c", "nobody"]), is: ["a", "c"], "deleted")
                try expect(await broker.letters(nil), is: ["b"], "dead letters")
                try expect(await broker.deleteDeadLetters([]), is: [], "deleted of nothing")
                try expect(await broker.counts(of: .default), is: QueueCounts(dead: 1), "counts")
            },
        ]
    }

    static var requeueing: [DeadLetterCheck] {
        [
            DeadLetterCheck(
                "a requeued dead letter is ready in its queue, as a first attempt",
                needs: [.anyBytes, .leases, .movableTime]
            ) { broker, time in
                let envelope = Envelope.full(at: time.now)
                try await broker.publish([Publication(envelope, to: "mail")])
                try await broker.consume(["mail"]) { consumer in
                    _ = try await consumer.claim(from: "mail")
                    await time.advance(by: lease)
                    _ = try await consumer.settle(await consumer.claim(from: "mail"), .deadLetter(reason: "no"))
                    try expect(await broker.requeue(["full", "nobody"]), is: ["full"], "requeued")
                    let again = try await consumer.claim(from: "mail")
                    try expect(again.envelope.headers.attempt, is: 1, "attempt")
                    try expect(again.envelope.body, is: envelope.body, "body")
                    try expect(again.envelope.priority, is: envelope.priority, "priority")
                    try expect(again.deliveryCount, is: 1, "delivery count")
                }
                try expect(await broker.letters(nil), is: [], "dead letters")
            },
            DeadLetterCheck("many dead letters are requeued at once, and twice does nothing") { broker, _ in
                for id: TaskID in ["a", "b", "c"] { try await broker.bury(id) }
                try expect(await broker.requeue(["a", "c"]), is: ["a", "c"], "requeued")
                try expect(await broker.requeue(["a", "c"]), is: [], "requeued twice")
                let counts = try await broker.counts(of: .default)
                try expect([counts.ready, counts.dead], is: [2, 1], "ready and dead")
            },
            DeadLetterCheck("a requeued dead letter wakes a waiting claim") { broker, time in
                try await broker.bury("a")
                let claimed = try await broker.wait(meanwhile: { await time.settle() }) {
                    _ = try await broker.requeue(["a"])
                }
                try expect(claimed, is: ["a"], "claimed")
            },
            DeadLetterCheck("a requeue forgets the result, where the broker keeps it") { broker, time in
                try await broker.bury("a")
                guard let results = broker as? any ResultBackend else { return }
                try await results.record([.sample("a", .failure, at: time)])
                try expect(await results.record(of: "a")?.state, is: .failure, "state")
                try expect(await broker.requeue(["a"]), is: ["a"], "requeued")
                try expect(await results.record(of: "a")?.state, is: .pending, "state after the requeue")
            },
        ]
    }
}

extension DeadLetterStore {
    func letters(_ queue: QueueName?) async throws -> [TaskID] {
        try await deadLetters(in: queue, after: nil, limit: 100).map(\.id)
    }
}
