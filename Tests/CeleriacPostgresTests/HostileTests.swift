import CeleriacCore
import Foundation
import StoreKit
import Testing

@testable import CeleriacPostgres

@Suite("Hostile texts and large payloads come back as they went", .serialized, .timeLimit(.minutes(15)))
struct HostileTests {
    /// Texts that could end a literal, name a parameter, or break a format; no two of them have the same bytes.
    static let texts = [
        "'; DROP TABLE celeriac.call; --", ##"" \" \\ \0 \# \' E'\x00'"##, "$1 $$ $tag$ ?1 :name @x %s%n", "a\u{0}b",
        "\u{0}", "\\", "\\0", "\\#", "{a,\"b\",NULL}", "NULL", "\r\n\t\u{1}\u{7F}", "%_*?[a-z]",
        "日本語 🏳️‍🌈 \u{E9}", "e\u{301}", "\u{FEFF}\u{202E}\u{2028}\u{10FFFF}", String(repeating: "x", count: 5_000),
        String(repeating: "x", count: 4_999) + "y", String(repeating: "\\\u{0}", count: 2_500),
        String(repeating: "ü", count: 2_500),
    ]
    private static let ids = texts.map { TaskID($0) }
    private let now = Date(timeIntervalSince1970: 1_770_000_000.25)

    @Test("a message comes back with each of its texts, its queue and its unique key")
    func messages() async throws {
        try await Stores.withStore { store, _, _ in
            let sent = Self.texts.map { Envelope.hostile($0) }
            let queues = Self.texts.compactMap(QueueName.init(rawValue:)) + [.default]
            let publications = sent.enumerated().map { index, envelope in
                Publication(
                    envelope, to: queues[index % queues.count],
                    unique: UniqueClaim(key: Self.texts[index], span: .untilDone))
            }
            #expect(try await store.publish(publications).duplicates == [:])
            let again = Self.texts.enumerated().map { index, text in
                Publication.call(TaskID("other \(index)"), unique: UniqueClaim(key: text, span: .untilDone))
            }
            let duplicates = try await store.publish(again).duplicates
            for (index, id) in Self.ids.enumerated() {
                #expect(duplicates[TaskID("other \(index)")]?.bytes == id.bytes)
            }
            #expect(Set(try await store.queues()) == Set(queues))
            try await store.withConsumer(ConsumerTerms(queues, lease: .minutes(1))) { consumer in
                let claimed = try await consumer.next(upTo: 100, from: queues, wait: false)
                #expect(Set(claimed.map(\.envelope.fingerprint)) == Set(sent.map(\.fingerprint)))
                for delivery in claimed {
                    let publication = publications.first { $0.envelope.id.bytes == delivery.id.bytes }
                    #expect(publication?.queue == delivery.queue)
                }
            }
            for id in Self.ids { #expect(try await store.message(of: id)?.id.bytes == id.bytes) }
        }
    }

    @Test("a record comes back with each of its texts")
    func records() async throws {
        try await Stores.withStore { store, _, _ in
            let changes = Self.texts.enumerated().map { index, text in
                var change = StateChange(id: TaskID(text), state: index == 0 ? .failure : TaskState(text), at: now)
                change.record.failure = TaskFailure(
                    type: "Oops", module: text, message: text, traceback: text,
                    history: [FailedAttempt(attempt: 1, at: now, type: "Oops", message: text)])
                change.record.task = TaskName(text)
                change.record.queue = QueueName(rawValue: text)
                change.record.worker = text
                change.record.startedAt = now
                change.record.parentID = TaskID(text)
                change.record.meta = Array(text.utf8)
                change.record.result = Array(text.utf8)
                change.record.children = [ResultNode(TaskID(text), members: [ResultNode(TaskID(text))])]
                return change
            }
            try await store.record(changes)
            for change in changes {
                let record = try #require(try await store.record(of: change.record.id))
                #expect(record.failure?.json == change.record.failure?.json)
                #expect(record.task == change.record.task && record.queue == change.record.queue)
                #expect(record.startedAt == change.record.startedAt && record.at == change.record.at)
                #expect(record.meta == change.record.meta && record.result == change.record.result)
                #expect(record.children == change.record.children)
                let pairs = [
                    (record.worker, change.record.worker), (record.task?.rawValue, change.record.task?.rawValue),
                ]
                for (read, written) in pairs { #expect(read.map { Array($0.utf8) } == written.map { Array($0.utf8) }) }
                let beginning = String(change.record.id.rawValue.prefix(100))
                let found = try await store.ids(startingWith: beginning, limit: 100).map(\.bytes)
                #expect(found.contains(change.record.id.bytes))
            }
        }
    }

    @Test("bodies and results of 16 MiB come back, also from a dead letter")
    func large() async throws {
        try await Stores.withStore { store, _, _ in
            let bytes = (0..<16 << 20).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
            let envelope = Envelope(headers: MessageHeaders(id: "large", task: "tests.sample"), body: bytes)
            try await store.publish([Publication(envelope, to: .default)])
            try await store.withConsumer(ConsumerTerms([.default], lease: .minutes(5))) { consumer in
                let first = try #require(try await consumer.next(upTo: 1, from: [.default], wait: false).first)
                #expect(first.envelope.body == bytes)
                #expect(try await consumer.settle([(first.receipt, .deadLetter(reason: "large"))]) == [])
                #expect(try await store.deadLetter(of: "large")?.envelope.body == bytes)
                #expect(try await store.requeue(["large"]) == ["large"])
                let again = try #require(try await consumer.next(upTo: 1, from: [.default], wait: false).first)
                var end = Completion(
                    receipt: again.receipt, settlement: .ack, change: StateChange(id: "large", state: .success, at: now)
                )
                end.change?.record.result = bytes
                #expect(try await store.complete([end]) == [])
            }
            #expect(try await store.record(of: "large")?.result == bytes)
        }
    }

    @Test("dead letters come back with their reasons and their ids")
    func letters() async throws {
        var options = PostgresOptions.tests
        options.deadLetters.bytes = 1 << 30
        try await Stores.withStore(options) { store, _, _ in
            let half = Self.texts.count / 2
            try await store.bury(
                Self.texts.prefix(half).map { text in
                    DeadLetter(envelope: .hostile(text), queue: .default, reason: text, diedAt: now)
                })
            try await store.publish(Self.texts.dropFirst(half).map { Publication(.hostile($0), to: .default) })
            try await store.withConsumer(ConsumerTerms([.default], lease: .minutes(1))) { consumer in
                let claimed = try await consumer.next(upTo: 100, from: [.default], wait: false)
                let settlements = claimed.map { ($0.receipt, Settlement.deadLetter(reason: $0.id.rawValue)) }
                #expect(try await consumer.settle(settlements) == [])
            }
            let page = try await store.deadLetters(in: nil, after: nil, limit: 100)
            #expect(Set(page.map(\.id.bytes)) == Set(Self.ids.map(\.bytes)))
            for letter in page {
                #expect(Array(letter.reason.utf8) == letter.id.bytes)
                #expect(letter.envelope.fingerprint == Envelope.hostile(letter.id.rawValue).fingerprint)
            }
            let requeued = try await store.requeue(Array(Self.ids.prefix(3)))
            #expect(requeued.count == 3)
            let deleted = try await store.deleteDeadLetters(Self.ids)
            #expect(deleted.count == Self.ids.count - 3)
        }
    }

    @Test("a long id is another than the short one that looks like its key")
    func keys() async throws {
        // The key of a long text is its beginning, `\#` and a hash; here the beginning ends within a doubled backslash.
        let long = String(repeating: "x", count: 499) + String(repeating: "\\", count: 600)
        let short = StoredText.text(StoredKey(long).key)
        #expect(StoredKey(long) != StoredKey(short))
        try await Stores.withStore { store, _, _ in
            let report = try await store.publish([.call(TaskID(long)), .call(TaskID(short))])
            #expect(report.duplicates == [:])
            #expect(try await store.counts(of: .default).ready == 2)
        }
    }
}

extension Envelope {
    /// An envelope with a text in each of its fields.
    static func hostile(_ text: String) -> Envelope {
        var headers = MessageHeaders(id: TaskID(text), task: TaskName(text))
        headers.rootID = TaskID(text)
        headers.parentID = TaskID(text)
        headers.group = text
        headers.shadow = text
        headers.origin = text
        headers.extra = ["text": .string(text)]
        let properties = Properties(
            contentType: text, contentEncoding: text, correlationID: text, replyTo: text)
        return Envelope(headers: headers, properties: properties, body: Array(text.utf8))
    }

    /// All of it, byte by byte: two spellings of a letter are equal strings.
    var fingerprint: [[UInt8]] {
        let message = StoredMessage(self)
        let texts = [message.contentType, message.contentEncoding, message.correlationID, message.replyTo]
        return texts.map { Array(($0 ?? "").utf8) } + [message.id.bytes, message.headers, message.body]
    }
}

extension TaskID {
    var bytes: [UInt8] { Array(rawValue.utf8) }
}
