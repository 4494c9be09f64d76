import Celeriac
import CeleriacCore
import CeleriacTesting
import Foundation
import RESPClient
import Testing

@testable import CeleriacRedis

@Suite("Messages that cannot be read, in Redis", .oneServer, .timeLimit(.minutes(15)))
struct ParkingTests {
    private static let id = PythonMessage().id
    /// A body of protocol 1, in base64 without its padding.
    private static let oldBody = Data(#"{"task": "tasks.add", "id": "\#(id)", "args": []}"#.utf8).base64EncodedString()
        .replacing("=", with: "")

    @Test(
        "the caller of a message that cannot be read gets the reason, wherever the id stands",
        arguments: [
            ("without delivery information", #""delivery_info": {"exchange": "", "routing_key": "celery"}, "#, ""),
            ("without a tag", #", "delivery_tag": "bd27cbdb-b822-438a-beb1-4c2dad8c8eb9""#, ""),
            ("base64 without padding", "bnVsbH1d\"", "bnVsbH1dXQ\""),
            ("correlation id alone", #""id": "b1625de6-c8e3-435d-a36d-104290137414", "#, ""),
            ("broken off", #", "delivery_mode""#, "\u{0}"),
            ("no properties", #""properties": {"#, #""else": {"#),
        ])
    func callerGetsReason(name: String, part: String, replacement: String) async throws {
        let text = PythonMessage().text.replacing(part, with: replacement)
        #expect(text != PythonMessage().text)
        try await expectFailure(of: text.split(separator: "\u{0}").first.map(String.init) ?? text, name)
    }

    @Test("so does that of a message of protocol 1, by the id in its body")
    func protocol1() async throws {
        let raw = #"{"body": "\#(Self.oldBody)", "headers": {}, "properties": {"body_encoding": "base64"}}"#
        try await expectFailure(of: raw, "protocol 1")
    }

    private func expectFailure(of text: String, _ name: String) async throws {
        let store = try Stores.inResults(prefix: Stores.prefix())
        let app = try TaskApp(Backend(store), options: AppOptions(discoversTasks: false), logger: .quiet)
        try await store.raw("LPUSH", store.keys.list(.default, step: 0), text)
        let call = AsyncResult<JSONValue>(id: TaskID(Self.id), app: app)
        let waiting = Task { try await call.get(timeout: .seconds(20)) }
        let claimed = try await store.withConsumer(ConsumerTerms([.default], lease: .seconds(30))) { consumer in
            try await consumer.next(upTo: 10, from: [.default], wait: false)
        }
        #expect(claimed.isEmpty)
        let failure = try await #require(throws: TaskFailure.self) { try await waiting.value }
        let reason = failure.message
        #expect(reason.hasPrefix("it cannot be read"), "\(name): \(reason)")
        #expect(try await store.deadLetters(in: nil, after: nil, limit: 9).map(\.reason) == [reason])
        #expect(try await store.raw("EXISTS", store.keys.unanswered).integer == 0)
        await store.close()
    }

    @Test("one that bears the id of a dead letter leaves that letter alone")
    func replacesNoLetter() async throws {
        let time = ManualTime()
        let store = try Stores.inVirtualTime(time)
        try await store.publish([.sample("a")])
        try await store.withConsumer(ConsumerTerms([.default], lease: .seconds(30))) { consumer in
            let delivery = try #require(try await consumer.next(upTo: 1, from: [.default], wait: false).first)
            _ = try await consumer.settle([(delivery.receipt, .deadLetter(reason: "it broke"))])
            for raw in [#"{"headers": {"id": "a"}}"#, #"{"headers": {"id": "a"}, "body": 7}"#] {
                try await store.raw("LPUSH", store.keys.list(.default, step: 0), raw)
            }
            #expect(try await consumer.next(upTo: 9, from: [.default], wait: false).isEmpty)
        }
        let letter = try #require(try await store.deadLetter(of: "a"))
        #expect(letter.reason == "it broke" && letter.envelope.task == "tests.sample")
        let letters = try await store.deadLetters(in: .default, after: nil, limit: 9)
        #expect(letters.count == 3 && letters.allSatisfy { $0.id == "a" || $0.id.rawValue.hasPrefix("a+") })
        #expect(try await store.requeue(["a"]) == ["a"])
        #expect(try await store.drain() == ["a"])
        await store.close()
    }

    @Test("letters that a claim parks fall out beyond the limits, and are counted")
    func claimsAreBounded() async throws {
        var options = RedisOptions.tenSteps
        options.deadLetters = DeadLetterLimits(count: 3)
        let time = ManualTime()
        let store = try Stores.inVirtualTime(time, options)
        for number in 0..<5 { try await store.raw("LPUSH", store.keys.list(.default, step: 0), "no message \(number)") }
        #expect(try await store.drain() == [])
        #expect(try await store.counts(of: .default).dead == 3)
        #expect(try await store.droppedDeadLetters() == [.default: 2])
        #expect(try await store.raw("HLEN", store.keys.deadMessages).integer == 3)
        #expect(try await store.raw("ZCARD", store.keys.dead).integer == 3)
        await store.close()
    }
}
