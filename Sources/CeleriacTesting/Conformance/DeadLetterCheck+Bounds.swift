import CeleriacCore

extension Check where Subject == any Broker & DeadLetterStore {
    static var bounds: [DeadLetterCheck] {
        [
            DeadLetterCheck("a dead letter is never replaced by another message of its id") { broker, time in
                for reason in ["first", "second", "third"] {
                    try await broker.bury("a", reason: reason)
                    await time.advance(by: .seconds(1))
                }
                let letters = try await broker.deadLetters(in: nil, after: nil, limit: 9)
                try expect(letters.map(\.reason), is: ["third", "second", "first"], "reasons")
                try expect(letters.map(\.envelope.id), is: ["a", "a", "a"], "calls")
                try expect(Set(letters.map(\.id)).count, is: 3, "ids of letters")
                try expect(await broker.deadLetter(of: "a")?.reason, is: "first", "reason of the call's letter")
                for letter in letters {
                    try expect(await broker.deadLetter(of: letter.id)?.reason, is: letter.reason, "reason by id")
                }
                try expect(await broker.requeue([letters[1].id]), is: [letters[1].id], "requeued")
                try expect(await broker.drain(), is: ["a"], "claimed after the requeue")
                try expect(await broker.deleteDeadLetters(["a"]), is: ["a"], "deleted")
                try expect(await broker.letters(nil), is: [letters[0].id], "letters that are left")
                try expect(await broker.counts(of: .default), is: QueueCounts(dead: 1), "counts")
            },
            DeadLetterCheck("a queue keeps as many dead letters as its limits say, and counts those that fall out") {
                broker, time in
                guard let limits = broker.deadLetterLimits else { return }
                try await broker.bury((0..<limits.count + 5).map { .sample(TaskID("\($0)")) })
                try await broker.publish("of mail", to: "mail")
                try await broker.consume(["mail"]) { consumer in
                    _ = try await consumer.settle(await consumer.claim(from: "mail"), .deadLetter(reason: "no"))
                }
                await time.advance(by: .seconds(1))
                try await broker.bury("newest")
                try expect(await broker.counts(of: .default).dead, is: limits.count, "dead letters")
                let newest = try await broker.deadLetters(in: .default, after: nil, limit: 1)
                try expect(newest.map(\.id), is: ["newest"], "the newest letter")
                try expect(await broker.droppedDeadLetters(), is: [.default: 6], "dropped")
                try expect(await broker.letters("mail"), is: ["of mail"], "letters of another queue")
            },
            DeadLetterCheck("a queue keeps no more bytes of dead letters than its limits say, but always the newest") {
                broker, time in
                guard let limits = broker.deadLetterLimits, limits.bytes <= 16 << 20 else { return }
                try await broker.bury((0..<10).map { .sample(TaskID("\($0)"), bytes: limits.bytes / 8) })
                let kept = try require(await broker.counts(of: .default).dead, "a count")
                try expect((1..<8).contains(kept), "\(kept) letters are kept")
                try expect(await broker.droppedDeadLetters(), is: [.default: 10 - kept], "dropped")
                await time.advance(by: .seconds(1))
                try await broker.bury([.sample("large", bytes: limits.bytes + 1)])
                try expect(await broker.letters(nil), is: ["large"], "letters after one that is too large")
                _ = try await broker.deleteDeadLetters(["large"])
                try await broker.bury([.sample("x", bytes: limits.bytes / 8), .sample("y", bytes: limits.bytes / 8)])
                try expect(Set(try await broker.letters(nil)), is: ["x", "y"], "letters that fit again")
            },
        ]
    }
}

extension Publication {
    /// A call whose argument is a text of so many bytes.
    fileprivate static func sample(_ id: TaskID, bytes: Int) -> Publication {
        let text = String(repeating: "x", count: bytes)
        let body = Array("[[\"\(text)\"],{},\(String(decoding: Message.emptyEmbed, as: UTF8.self))]".utf8)
        let envelope = Envelope.sample(id)
        return Publication(
            Envelope(headers: envelope.headers, properties: envelope.properties, body: body), to: .default)
    }
}

extension Broker {
    /// Publishes calls and makes them dead letters, many at once.
    fileprivate func bury(_ publications: [Publication]) async throws {
        try await publish(publications)
        try await consume { consumer in
            var parked = 0
            while parked < publications.count {
                let deliveries = try await consumer.peers(1_000)
                try expect(!deliveries.isEmpty, "\(publications.count - parked) messages are missing")
                parked += deliveries.count
                _ = try await consumer.settle(deliveries.map { ($0.receipt, .deadLetter(reason: "no")) })
            }
        }
    }
}
