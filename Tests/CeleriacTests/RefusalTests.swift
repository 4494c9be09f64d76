import CeleriacCore
import Celeriac
import CeleriacTesting
import Foundation
import Testing

/// Messages that cannot be run harm nobody: each is parked with its reason, and the worker goes on.
@Suite("Messages that cannot be run")
struct RefusalTests {
    private func envelope(_ task: TaskName, body: String, contentType: String = Envelope.json) -> Envelope {
        Envelope(
            headers: MessageHeaders(id: .random(), task: task),
            properties: Envelope.Properties(contentType: contentType), body: Array(body.utf8)
        )
    }

    static let hostile: [(String, String, String)] = [
        ("truncated", "[[2", "DecodeError"),
        ("no JSON", "\u{0}\u{1}garbage", "DecodeError"),
        ("no array", "42", "DecodeError"),
        ("wrong type", #"[["two", 3], {}, {}]"#, "TypeError"),
        ("null for a number", "[[null, 3], {}, {}]", "TypeError"),
        ("too few", "[[2], {}, {}]", "TypeError"),
        ("too many", "[[1, 2, 3], {}, {}]", "TypeError"),
        ("unknown keyword", #"[[1, 2], {"z": 3}, {}]"#, "TypeError"),
        ("twice", #"[[1, 2], {"0": 3}, {}]"#, "TypeError"),
        ("beyond 64 bits", "[[99999999999999999999, 1], {}, {}]", "TypeError"),
        ("not a number", "[[NaN, 1], {}, {}]", "TypeError"),
        ("nested too deep", String(repeating: "[", count: 100_000), "MessageTooLarge"),
        ("a chain of nonsense", #"[[1, 2], {}, {"chain": [42]}]"#, "DecodeError"),
        ("endless callbacks", deepCallbacks, "MessageTooLarge"),
    ]

    private static let deepCallbacks: String = {
        let link = #"{"task": "x", "options": {"link": ["#
        return #"[[1, 2], {}, {"callbacks": ["# + String(repeating: link, count: 40)
            + #"{"task": "x"}"# + String(repeating: "]}}", count: 40) + "]}]"
    }()

    @Test("a body that is no call of its task is parked with the reason", arguments: hostile.indices)
    func hostileBody(index: Int) async throws {
        let (name, body, type) = Self.hostile[index]
        let app = try makeApp()
        _ = try app.task("add") { (x: Int, y: Int) in x + y }
        let bad = envelope("add", body: body)
        try await app.broker.publish([
            Publication(bad, to: .default), Publication(envelope("add", body: "[[2,3],{},{}]"), to: .default),
        ])
        let done = try await drain(app)
        #expect(done.succeeded == 1, "the one behind it ran")
        let dead = try await app.deadLetters
        #expect(dead.map(\.id) == [bad.id], "\(name)")
        let failure = try await app.result(of: bad.id, as: Int.self).failure()
        #expect(failure.type == type, "\(name): \(failure)")
        #expect(dead.first?.envelope.body == bad.body, "kept byte for byte")
    }

    @Test(
        "arguments that do not fit are Python's TypeError, whose words name the argument",
        arguments: [
            (#"[["two", 3], {}, {}]"#, "\"0\""), ("[[2], {}, {}]", "\"1\""),
            ("[[1, 2, 3], {}, {}]", "the task takes 2, the call has 3"),
            (#"[[1, 2], {"z": 3}, {}]"#, "\"z\""), (#"[[1, 2], {"0": 3}, {}]"#, "\"0\""),
        ])
    func unfit(body: String, argument: String) async throws {
        let app = try makeApp()
        _ = try app.task("add") { (x: Int, y: Int) in x + y }
        let bad = envelope("add", body: body)
        try await app.broker.publish([Publication(bad, to: .default)])
        _ = try await drain(app)
        let failure = try await app.result(of: bad.id, as: Int.self).failure()
        #expect(failure.type == "TypeError" && failure.module == "builtins")
        #expect(failure.message.contains(argument), "\(failure)")
    }

    @Test("an unknown task is parked, and runs once it is put back where it is known")
    func unknownTask() async throws {
        let app = try makeApp()
        let result = try await app.send("later.add", args: [2, 3])
        #expect(try await drain(app).parked == 1)
        #expect(try await result.failure().type == "NotRegistered")
        _ = try app.task("later.add") { (x: Int, y: Int) in x + y }
        let store = try #require(app.broker as? any DeadLetterStore)
        #expect(try await store.requeue([result.id]) == [result.id])
        _ = try await drain(app)
        #expect(try await result.get() == .integer(5))
    }

    @Test(
        "another content type than JSON is refused by name",
        arguments: ["application/x-python-serialize", "application/x-yaml", ""])
    func contentType(_ type: String) async throws {
        let app = try makeApp()
        _ = try app.task("add") { (x: Int, y: Int) in x + y }
        let bad = envelope("add", body: "[[1,2],{},{}]", contentType: type)
        try await app.broker.publish([Publication(bad, to: .default)])
        #expect(try await drain(app).parked == 1)
        #expect(try await app.deadLetters.first?.reason.contains("ContentDisallowed") == true)
    }

    @Test("a body over the limit is refused where it is sent, and parked where it arrives")
    func tooLarge() async throws {
        let app = try makeApp { $0.limits.bodyBytes = 2000 }
        let echo = try app.task("echo") { (text: String) in text.utf8.count }
        let error = await #expect(throws: CeleriacError.self) {
            try await app.send(echo(String(repeating: "x", count: 3000)))
        }
        #expect(error?.code == .tooLarge)
        let bad = envelope("echo", body: #"[[""# + String(repeating: "x", count: 3000) + #""],{},{}]"#)
        try await app.broker.publish([Publication(bad, to: .default)])
        #expect(try await drain(app).parked == 1)
        #expect(try await app.result(of: bad.id, as: Int.self).failure().type == "MessageTooLarge")
    }

    @Test("where the limits are raised, what they allow goes through")
    func raisedLimits() async throws {
        let app = try makeApp { options in
            options.limits = MessageLimits(
                bodyBytes: 4 << 20, resultBytes: 4 << 20, json: JSONLimits(stringBytes: 4 << 20))
        }
        let echo = try app.task("echo") { (text: String) in text }
        let text = String(repeating: "x", count: 3 << 20)
        let result = try await app.send(echo(text))
        _ = try await drain(app)
        #expect(try await result.get() == text)
    }

    @Test("a result over the limit fails the call and says what to do")
    func resultTooLarge() async throws {
        let app = try makeApp { $0.limits.resultBytes = 100 }
        let grow = try app.task("grow") { (n: Int) in String(repeating: "x", count: n) }
        let result = try await app.send(grow(1000))
        _ = try await drain(app)
        #expect(try await result.failure().type == "ResultTooLarge")
    }

    @Test("arguments that no JSON can hold are refused where the call is made")
    func unencodable() async throws {
        let app = try makeApp()
        let take = try app.task("take") { (value: Stubborn) in value.weight }
        let error = await #expect(throws: CeleriacError.self) { try await app.send(take(Stubborn())) }
        #expect(error?.code == .invalidArguments)
        #expect(error?.message.contains("argument 1") == true)
    }

    @Test(
        "a hostile name is refused where the call is made",
        arguments: ["", "a\u{0}b", "line\nbreak", String(repeating: "n", count: 300)])
    func hostileName(_ name: String) async throws {
        let app = try makeApp()
        let error = await #expect(throws: CeleriacError.self) { try await app.send(TaskName(name)) }
        #expect(error?.code == .invalidName)
    }

    @Test("an eta beyond ten years is refused")
    func farEta() async throws {
        let app = try makeApp()
        let error = await #expect(throws: CeleriacError.self) {
            try await app.send("x", options: CallOptions(countdown: .days(4000)))
        }
        #expect(error?.code == .invalidArguments)
    }

    @Test("a message handed out too often without an outcome is parked")
    func deliveryLimit() async throws {
        let time = ManualTime()
        let app = try makeApp(time: time)
        _ = try app.task("deadly") { (n: Int) in n }
        let result = try await app.send("deadly", args: [1])
        for _ in 0..<3 {
            try await abandon(app, time)
        }
        #expect(try await drain(app, WorkerOptions(deliveryLimit: 3)).parked == 1)
        #expect(try await result.failure().type == "WorkerLostError")
    }

    /// What a worker does that dies: it claims, and nothing more until the lease is over.
    private func abandon(_ app: TaskApp, _ time: ManualTime) async throws {
        try await app.broker.withConsumer(ConsumerTerms([.default], lease: .seconds(5))) { consumer in
            let held = try await consumer.next(upTo: 1, from: [.default], wait: false)
            #expect(held.count == 1)
            await time.advance(by: .seconds(5))
            // Somebody else looks, which brings the lapsed one back before this consumer would release it uncounted.
            try await app.broker.withConsumer(ConsumerTerms([.default], lease: .seconds(5))) { other in
                let again = try await other.next(upTo: 1, from: [.default], wait: false)
                #expect(again.first?.deliveryCount.minimum == held[0].deliveryCount.minimum + 1)
            }
        }
    }
}

private struct Stubborn: Codable, Sendable {
    var weight = 1
    func encode(to encoder: any Encoder) throws { throw Hiccup() }
}
