import CeleriacCore
import CeleriacTesting
import Foundation
import RESPClient
import Testing

@testable import CeleriacRedis

@Suite("Messages of Python's producers", .oneServer, .timeLimit(.minutes(15)))
struct PythonMessageTests {
    private let time = ManualTime()

    @Test("a message of Celery's is claimed with its headers")
    func claimed() async throws {
        let store = try Stores.inVirtualTime(time)
        try await store.raw("LPUSH", store.keys.list(.default, step: 0), PythonMessage().text)
        try await store.consume { consumer in
            let delivery = try await consumer.claimOne()
            #expect(delivery.id == "b1625de6-c8e3-435d-a36d-104290137414")
            #expect(delivery.envelope.task == "tasks.add")
            #expect(delivery.deliveryCount == 1)
        }
    }

    @Test("a message whose time has not come waits in the broker, byte for byte, and comes at its time")
    func eta() async throws {
        let store = try Stores.inVirtualTime(time)
        let message = PythonMessage(eta: #""2026-01-01T00:05:00+00:00""#)
        let list = store.keys.list(.default, step: 0)
        try await store.raw("LPUSH", list, message.text)
        #expect(try await store.drain() == [])
        #expect(try await store.counts(of: .default).delayed == 1)
        let kept = try await store.raw("ZRANGE", store.keys.delayed(.default), "0", "-1").elements?.first?.text
        #expect(kept?.hasSuffix(message.text) == true)
        await time.advance(by: .minutes(5) - .milliseconds(1))
        #expect(try await store.drain() == [])
        await time.advance(by: .milliseconds(1))
        #expect(try await store.drain() == [TaskID(message.id)])
    }

    @Test("a message whose representation holds half a surrogate pair is no reason to park it")
    func loneSurrogate() async throws {
        let store = try Stores.inVirtualTime(time)
        // Spaces are doubled so that it is read as JSON, not by its well-known end.
        let message = PythonMessage(arguments: #"('\\ud800', '\ud800')"#)
        let text = message.text.replacing(#"{"body": "#, with: #"{"body":  "#)
        try await store.raw("LPUSH", store.keys.list(.default, step: 0), text)
        #expect(try await store.drain() == [TaskID(PythonMessage().id)])
    }

    @Test("a message that Python gave back was delivered before")
    func redelivered() async throws {
        let store = try Stores.inVirtualTime(time)
        let text = PythonMessage().text
            .replacing(#""stamps": {}}"#, with: #""stamps": {}, "redelivered": true}"#)
            .replacing(#""routing_key": "celery"}"#, with: #""routing_key": "celery", "redelivered": true}"#)
        try await store.raw("LPUSH", store.keys.list(.default, step: 0), text)
        #expect(try await store.consume { try await $0.claimOne().deliveryCount } == .atLeast(2))
    }

    @Test(
        "a message that cannot be read is parked with the reason, and keeps nobody waiting",
        arguments: [
            "no JSON at all", #"["an", "array"]"#, #"{"body": "", "headers": {}}"#,
            #"{"body": "", "headers": {"task": "t", "id": "i"}, "properties": {"delivery_info": {}}}"#,
            PythonMessage().text.replacing(#""task": "tasks.add", "#, with: ""),
            PythonMessage().text.replacing("W1syLCAz", with: "****"),
            PythonMessage().text + "}", "",
        ])
    func malformed(text: String) async throws {
        let store = try Stores.inVirtualTime(time)
        try await store.raw("LPUSH", store.keys.list(.default, step: 0), text)
        try await store.publish([.sample("a")])
        #expect(try await store.drain() == ["a"])
        #expect(try await store.counts(of: .default) == QueueCounts(dead: 1))
        let letters = try await store.raw("HVALS", store.keys.deadMessages).elements?.compactMap(\.bytes) ?? []
        let letter = try #require(letters.first.flatMap(DeadLetterDocument.init(parsing:)))
        #expect(letter.raw == Array(text.utf8))
        #expect(letter.reason.contains("cannot be read"))
        #expect(try await store.raw("EXISTS", store.keys.unacked, store.keys.unackedIndex).integer == 0)
    }

    @Test(
        "a message that cannot be read is parked under its own id where it has one",
        arguments: [
            PythonMessage(eta: #""tomorrow""#).text, PythonMessage().text.replacing("W1syLCAz", with: "****"),
            PythonMessage(tag: "").text, PythonMessage().text.replacing(#""properties": {"#, with: #""else": {"#),
        ])
    func ownID(text: String) async throws {
        let store = try Stores.inVirtualTime(time)
        try await store.raw("LPUSH", store.keys.list(.default, step: 0), text)
        #expect(try await store.drain() == [])
        let ids = try await store.raw("HKEYS", store.keys.deadMessages).elements?.compactMap(\.text)
        #expect(ids == [PythonMessage().id])
        #expect(try await store.deadLetter(of: TaskID(PythonMessage().id)) != nil)
    }

    @Test("what a dead Python worker held comes back after the visibility timeout, and counts as delivered")
    func restored() async throws {
        let store = try Stores.inVirtualTime(time)
        let message = PythonMessage()
        let score = "\(time.now.timeIntervalSince1970)"
        try await store.raw("ZADD", store.keys.unackedIndex, score, message.tag)
        try await store.raw("HSET", store.keys.unacked, message.tag, message.entry)
        #expect(try await store.counts(of: .default).leased == 1)
        await time.advance(by: .seconds(3599))
        try await store.reap()
        #expect(try await store.drain() == [])
        await time.advance(by: .seconds(1))
        try await store.reap()
        #expect(try await store.list(store.keys.list(.default, step: 0)) == [message.text])
        #expect(try await store.consume { try await $0.claimOne().deliveryCount } == 2)
    }

    @Test("what came through an exchange comes back to the queues that are bound to it; without one it stays")
    func restoredThroughExchange() async throws {
        let store = try Stores.inVirtualTime(time)
        let message = PythonMessage(exchange: "topics", routingKey: "mail.eu.new")
        let lost = PythonMessage(tag: "lost", exchange: "nowhere", routingKey: "x")
        for message in [message, lost] {
            try await store.raw("ZADD", store.keys.unackedIndex, "1", message.tag)
            try await store.raw("HSET", store.keys.unacked, message.tag, message.entry)
        }
        try await store.declare(
            Topology([
                Exchange("topics", .topic, bindings: [.init("mail", key: "mail.*.new"), .init("other", key: "x.#")])
            ]))
        try await store.reap()
        #expect(try await store.list(store.keys.prefix + "mail") == [message.text])
        #expect(try await store.raw("HKEYS", store.keys.unacked).elements?.compactMap(\.text) == ["lost"])
    }
}
