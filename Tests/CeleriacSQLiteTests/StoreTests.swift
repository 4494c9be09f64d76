import CeleriacCore
import CeleriacTesting
import Foundation
import GRDB
import Testing

@testable import CeleriacSQLite

@Suite("The SQLite store", .serialized)
struct StoreTests {
    @Test("a message whose headers cannot be read is parked with the reason, and the next one comes")
    func unreadableHeaders() async throws {
        let scratch = try Scratch()
        let store = try scratch.store()
        try await store.publish([.sample("bad"), .sample("good")])
        try scratch.change { try $0.execute(sql: "UPDATE celeriac_calls SET headers = x'7b' WHERE id = 'bad'") }
        #expect(try await store.drain() == ["good"])
        let letter = try #require(try await store.deadLetter(of: "bad"))
        #expect(letter.reason.hasPrefix("its headers cannot be read"))
        #expect(letter.envelope.body == Publication.sample("bad").envelope.body)
    }

    @Test("a call whose message cannot be read has failed, with the reason")
    func unreadableFails() async throws {
        let scratch = try Scratch()
        let store = try scratch.store()
        try await store.publish([.sample("bad")])
        try scratch.change { try $0.execute(sql: "UPDATE celeriac_calls SET headers = x'7b' WHERE id = 'bad'") }
        #expect(try await store.drain() == [])
        let record = try #require(try await store.record(of: "bad"))
        #expect(record.state == .failure)
        #expect(record.failure?.type == "DecodeError")
        #expect(record.failure?.message.hasPrefix("its headers cannot be read") == true)
    }

    @Test("an error of a consumer's body is thrown, and leases that could not be given back are logged")
    func logsLostGiveBack() async throws {
        struct Mishap: Error {}
        let log = LogLines()
        let scratch = try Scratch()
        let store = try scratch.store(logger: log.logger)
        await #expect(throws: Mishap.self) {
            try await store.withConsumer(ConsumerTerms([.default], lease: .seconds(30))) { _ in
                store.close()
                throw Mishap()
            }
        }
        #expect(log.lines.count { $0.contains("its leases will lapse") && $0.contains("it was closed") } == 1)
    }

    @Test("dead letters of before they were counted are counted when the file is opened")
    func countsOldLetters() async throws {
        let scratch = try Scratch()
        try scratch.makeFile(ofVersion: 4, holding: [.sample("a"), .sample("b")])
        try scratch.change { db in
            try db.execute(
                sql: """
                    INSERT INTO celeriac_dead (id, queue, rank, reason, died_at, enqueued_at, deliveries, headers, body)
                    SELECT 'old ' || id, queue, rank, 'no', 0, 0, 1, headers, body FROM celeriac_calls
                    """)
        }
        let store = try scratch.store { $0.deadLetters = .init(count: 2) }
        try await store.withConsumer(ConsumerTerms([.default], lease: .seconds(30))) { consumer in
            let delivery = try await consumer.next(upTo: 1, from: [.default], wait: false)[0]
            _ = try await consumer.settle([(delivery.receipt, .deadLetter(reason: "no"))])
        }
        let letters = try await store.deadLetters(in: nil, after: nil, limit: 9)
        #expect(letters.map(\.envelope.id).count == 2)
        #expect(try await store.droppedDeadLetters() == [.default: 1])
    }

    @Test("more delayed messages than one claim makes ready are all handed out")
    func manyDue() async throws {
        let scratch = try Scratch()
        let time = ManualTime()
        let store = try scratch.store(time: time)
        let due = time.now.adding(.seconds(1))
        try await store.publish(
            (0..<2_500).map { number in
                var publication = Publication.sample(TaskID("\(number)"))
                publication.notBefore = due
                return publication
            })
        await time.advance(by: .seconds(1))
        #expect(try await store.counts(of: .default).ready == 2_500)
        #expect(try await store.drain() == (0..<2_500).map { TaskID("\($0)") })
    }

    @Test("a purge of thousands deletes all of them, and leaves records")
    func largePurge() async throws {
        let scratch = try Scratch()
        let time = ManualTime()
        let store = try scratch.store(time: time)
        try await store.publish((0..<2_500).map { .sample(TaskID("\($0)")) })
        try await store.record([StateChange(id: "7", state: .success, at: time.now)])
        #expect(try await store.purge(.default) == 2_500)
        #expect(try await store.counts(of: .default) == QueueCounts())
        #expect(try await store.record(of: "7")?.state == .success)
    }

    @Test("running deletes what has expired from the file")
    func expiry() async throws {
        let scratch = try Scratch()
        let time = ManualTime()
        let store = try scratch.store(time: time)
        let soon = time.now.adding(.seconds(5))
        try await store.record(
            (0..<1_500).map { StateChange(id: TaskID("\($0)"), state: .success, at: soon, expires: soon) })
        try await store.revoke(["x"], terminate: false, until: soon)
        await time.advance(by: .seconds(5))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await store.run() }
            // It sleeps once it has tidied up.
            try await time.untilSleepers(1)
            group.cancelAll()
            try await group.waitForAll()
        }
        let left = try scratch.change { db in
            try ["calls", "revocations"].map { try Int.fetchOne(db, sql: "SELECT count(*) FROM celeriac_\($0)") }
        }
        #expect(left == [0, 0])
    }

    @Test("what is done leaves nothing in the file but its records")
    func nothingLeft() async throws {
        let scratch = try Scratch()
        let store = try scratch.store()
        try await store.publish((0..<100).map { .sample(TaskID("\($0)")) })
        #expect(try await store.drain().count == 100)
        let left = try scratch.change { db in
            try ["calls", "ready", "delayed", "leases", "dead"].map {
                try Int.fetchOne(db, sql: "SELECT count(*) FROM celeriac_\($0)")
            }
        }
        #expect(left == [0, 0, 0, 0, 0])
    }

    @Test("a store is opened by URL, beside the process or anywhere")
    func byURL() throws {
        let scratch = try Scratch()
        let url = try BackendURL("sqlite:///\(scratch.path)?synchronous=normal&busy_timeout=100")
        let backend = try BackendScheme.sqlite.open(url, ManualTime())
        #expect(backend.broker is SQLiteStore)
        #expect(FileManager.default.fileExists(atPath: scratch.path))
    }

    @Test(
        "a URL that says no file, or what the store does not know, is refused",
        arguments: [
            "sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite://host/tasks.sqlite", "sqlite:///a?colour=red",
            "sqlite:///a?synchronous=off", "sqlite:///a?busy_timeout=soon", "sqlite:///a?busy_timeout=-1",
        ])
    func wrongURL(text: String) throws {
        let url = try BackendURL(text)
        let error = #expect(throws: CeleriacError.self) { try BackendScheme.sqlite.open(url, ManualTime()) }
        #expect(error?.code == .invalidURL)
    }

    @Test(
        "no part of a login that was not percent-encoded is printed",
        arguments: [
            "sqlite://secret?TopSecretTail@host/x", "sqlite://u:1/secret@h", "sqlite:///?secret@h",
            "sqlite:///secret@h?x=1",
        ])
    func hidesLogin(text: String) throws {
        let url = try BackendURL(text)
        let error = #expect(throws: CeleriacError.self) { try BackendScheme.sqlite.open(url, ManualTime()) }
        #expect("\(String(describing: error))".lowercased().contains("secret") == false)
    }

    @Test("an unknown option is answered with the known ones")
    func unknownOption() throws {
        let url = try BackendURL("sqlite:///a?colour=red")
        let error = #expect(throws: CeleriacError.self) { try BackendScheme.sqlite.open(url, ManualTime()) }
        #expect(error?.message.contains("synchronous and busy_timeout") == true)
    }
}
