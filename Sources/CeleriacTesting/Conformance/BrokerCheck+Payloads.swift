#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CeleriacCore

extension Check where Subject == any Broker {
    static var payloads: [BrokerCheck] {
        [
            BrokerCheck("an envelope comes back as it went, with all that it has", needs: [.anyBytes]) { broker, time in
                try await broker.expectRoundTrip(of: .full(at: time.now))
            },
            BrokerCheck("a body comes back byte for byte, be it text or not", needs: [.anyBytes]) { broker, _ in
                let bodies: [[UInt8]] = [
                    [], [0], Array(0...255), Array(repeating: 0x27, count: 100_000), [0xFF, 0xFE, 0xC0, 0x80],
                    Array("'; DROP TABLE messages; -- \" \\ \r\n $1 ? 🎉".utf8),
                    (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) },
                ]
                for (number, body) in bodies.enumerated() {
                    let headers = MessageHeaders(id: TaskID("\(number)"), task: "tests.sample")
                    try await broker.expectRoundTrip(of: Envelope(headers: headers, body: body))
                }
            },
            BrokerCheck("keys that differ in their bytes alone, and lone surrogates, come back as they went") {
                broker, _ in
                for value in Self.rareValues {
                    var headers = MessageHeaders(id: "rare", task: "tests.sample")
                    headers.extra = ["value": value]
                    if case .object(let members) = value { headers.extra.merge(members) { $1 } }
                    let body = [UInt8(ascii: "[")] + JSONValue.array([value]).bytes + ",{},{}]".utf8
                    // A broker may change escapes and whitespace, as long as the JSON value stays the same.
                    try await broker.expectRoundTrip(of: Envelope(headers: headers, body: body)) {
                        try JSONValue(parsing: $0) == JSONValue(parsing: $1)
                    }
                }
            },
            BrokerCheck("a call with rare keys and strings is retried, parked and requeued as it was") { broker, time in
                for value in Self.rareValues {
                    var headers = MessageHeaders(id: "rare", task: "tests.sample")
                    headers.extra = ["value": value]
                    let envelope = Envelope(headers: headers, body: Array("[[],{},{}]".utf8))
                    try await broker.publish([Publication(envelope, to: .default)])
                    try await broker.consume { consumer in
                        let first = try await consumer.claim()
                        _ = try await consumer.settle(first, .retry(first.envelope, notBefore: nil))
                        let second = try await consumer.claim()
                        try expect(second.envelope.headers.extra["value"], is: value, "after a retry")
                        _ = try await consumer.settle(second, .deadLetter(reason: "test"))
                        guard let letters = broker as? any DeadLetterStore else { return }
                        _ = try await letters.requeue(["rare"])
                        let third = try await consumer.claim()
                        try expect(third.envelope.headers.extra["value"], is: value, "after a requeue")
                        _ = try await consumer.settle(third, .ack)
                    }
                }
            },
            BrokerCheck("names may hold quotes, emoji and NUL", needs: [.anyNames]) { broker, _ in
                for text in Self.hostileTexts {
                    var headers = MessageHeaders(id: TaskID("id \(text)"), task: TaskName("task \(text)"))
                    headers.shadow = text
                    headers.origin = text
                    headers.group = text
                    headers.extra = [
                        JSONKey("key \(text)"): .string(text), "nested": .array([.object([JSONKey(text): .null])]),
                    ]
                    try await broker.expectRoundTrip(of: Envelope(headers: headers, body: Array("[[],{},{}]".utf8)))
                }
            },
            BrokerCheck("ids that differ in their bytes are different calls", needs: [.anyNames, .order]) { broker, _ in
                let ids: [TaskID] = ["a", "A", "a ", " a", "a\u{0}", "\u{0}a", "a\u{0}b", "a\u{0}c", "1", "01", "1.0"]
                for id in ids { try expect(await broker.publish(id).duplicates, is: [:], "duplicates of \(id)") }
                try expect(await broker.drain(), is: ids, "claimed")
            },
            BrokerCheck(
                "a queue's name may have blanks, signs, letters of any script and its whole length",
                needs: [.counts, .delays, .movableTime]
            ) {
                broker, time in
                for (number, queue) in Self.oddQueues.enumerated() {
                    try await broker.publish([
                        .sample(TaskID("in-\(number)"), to: queue),
                        .sample(TaskID("late-\(number)"), to: queue, notBefore: time.now.adding(.hours(1))),
                    ])
                }
                for (number, queue) in Self.oddQueues.enumerated() {
                    let counts = try await broker.counts(of: queue)
                    try expect([counts.ready, counts.delayed], is: [1, 1], "ready and delayed in \(queue)")
                    try expect(await broker.drain([queue]), is: [TaskID("in-\(number)")], "claimed")
                }
                await time.advance(by: .hours(1))
                try expect(
                    Set(await broker.drain(Self.oddQueues)),
                    is: Set(Self.oddQueues.indices.map { TaskID("late-\($0)") }),
                    "claimed when due")
            },
            BrokerCheck("a queue of an odd name gives back, parks and purges as any other", needs: [.counts]) {
                broker, _ in
                for (number, queue) in Self.oddQueues.enumerated() {
                    try await broker.publish([.sample(TaskID("a-\(number)"), to: queue)])
                    try await broker.consume([queue]) { consumer in
                        let first = try await consumer.claim(from: queue)
                        try expect(await consumer.settle(first, .release()), is: [], "receipts lost")
                        let second = try await consumer.claim(from: queue)
                        try expect(
                            await consumer.settle(second, .deadLetter(reason: "it broke")), is: [], "receipts lost")
                    }
                    try await broker.publish([.sample(TaskID("b-\(number)"), to: queue)])
                    try expect(await broker.purge(queue), is: 1, "purged from \(queue)")
                    try expect(await broker.counts(of: queue), is: QueueCounts(dead: 1), "counts of \(queue)")
                }
            },
            BrokerCheck("a retried envelope and a dead one's reason may be as hostile", needs: [.anyBytes, .counts]) {
                broker, time in
                try await broker.publish("a")
                try await broker.consume { consumer in
                    let first = try await consumer.claim()
                    let full = Envelope.full(at: time.now).with { $0.id = "a" }
                    _ = try await consumer.settle(first, .retry(full, notBefore: nil))
                    let second = try await consumer.claim()
                    try expect(second.envelope, is: full, "envelope of the retry")
                    let reason = Self.hostileTexts.joined(separator: "\u{0}")
                    try expect(await consumer.settle(second, .deadLetter(reason: reason)), is: [], "receipts lost")
                }
                try expect(await broker.counts(of: .default), is: QueueCounts(dead: 1), "counts")
            },
        ]
    }

    /// Queue names as Python programs have them (`worker_direct` creates `w1@host.dq2`), and names that could confuse
    /// patterns, quoting and separators. Two Unicode spellings of one letter are two queues.
    static var oddQueues: [QueueName] {
        [
            "a", "A", "0", "_", "-._:", "w1@host.dq2", "C.dq2", "two words", " a", "a ", "a/b", "a+b", "a=3,b", "*",
            "a?[b]",
            "%s%%", "'; DROP TABLE messages; --", #"q"\"#, "{q}", "\u{E9}", "e\u{301}", "日本語 🎉",
            QueueName(stringLiteral: String(repeating: "q", count: 255)),
        ]
    }

    /// Keys that are equivalent in Unicode, and text that a `String` cannot hold.
    static var rareValues: [JSONValue] {
        let name = IllFormedString(bytes: Array("caf".utf8) + [0xED, 0xB3, 0xA9])
        return [
            ["\u{E9}": 1, "e\u{301}": 2], ["\u{212B}": 1, "\u{C5}": 2, "A\u{30A}": 3],
            ["\u{AC00}": 1, "\u{1100}\u{1161}": 2], ["nested": ["\u{E9}": [], "e\u{301}": ["K": 1, "\u{212A}": 2]]],
        ] + (name.map { [.illFormedString($0), .object([JSONKey($0): 1, "caf\u{FFFD}": 2])] } ?? [])
    }

    /// Text that could break out of keys, statements or frames built without care, or end or confuse them.
    static var hostileTexts: [String] {
        [
            "'; DROP TABLE messages; --", #"" \" \\ ""#, "$1 ?1 :name @x", "a\u{0}b", "\r\n+OK\r\n$5\r\n",
            "{}[]<script>",
            "%s%n %_*?[a-z]", "日本語 🏳️‍🌈 é e\u{301}", "\u{FEFF}\u{202E}\u{2028}", String(repeating: "x", count: 5_000),
        ]
    }
}

extension Envelope {
    /// An envelope in which every field is set.
    static func full(at now: Date) -> Envelope {
        var headers = MessageHeaders(id: "full", task: "tests.full")
        headers.rootID = "root"
        headers.parentID = "parent"
        headers.eta = now.adding(.seconds(5))
        headers.expires = now.adding(.hours(5))
        headers.retries = 3
        headers.timeLimit = .seconds(30)
        headers.softTimeLimit = .seconds(20)
        headers.group = "group"
        headers.groupIndex = 7
        headers.shadow = "shadow"
        headers.origin = "gen1@host"
        headers.ignoreResult = false
        headers.compression = "application/gzip"
        headers.history = [FailedAttempt(attempt: 1, at: now, type: "Oops", message: "it broke \u{0} 🎉")]
        headers.extra = [
            "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "number": .integer(.min),
            "fraction": .double(0.1), "flags": .array([.bool(true), .null]), "NUL": .string("a\u{0}b"),
            "nested": .object(["": .object(["🎉": .string("'\"\\")])]),
        ]
        let properties = Properties(
            contentType: "application/x-tests", contentEncoding: "binary", priority: .high,
            correlationID: "correlation", replyTo: "reply"
        )
        return Envelope(headers: headers, properties: properties, body: [0, 1, 2, 0xFF])
    }
}

extension Broker {
    fileprivate func expectRoundTrip(
        of envelope: Envelope,
        comparing isSame: @Sendable (_ body: [UInt8], _ sent: [UInt8]) throws -> Bool = { $0 == $1 }
    ) async throws {
        try await publish([Publication(envelope, to: .default)])
        try await consume { consumer in
            let delivery = try await consumer.claim()
            try expect(delivery.envelope.headers, is: envelope.headers, "headers")
            try expect(delivery.envelope.properties, is: envelope.properties, "properties")
            let (body, expected) = (delivery.envelope.body, envelope.body)
            try expect(
                try isSame(body, expected),
                "the body changed to \(String(decoding: body, as: UTF8.self)), not \(String(decoding: expected, as: UTF8.self))"
            )
            try expect(await consumer.settle(delivery, .ack), is: [], "receipts lost")
        }
    }
}
