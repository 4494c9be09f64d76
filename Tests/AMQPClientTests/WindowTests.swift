import NIOCore
import NIOEmbedded
import Testing

@testable import AMQPClient

@Suite("the window of unconfirmed messages")
struct WindowTests {
    /// A server that has answered the request for confirms.
    private static func confirming(messages: Int = 3, bytes: Int = 100) throws -> HandlerTalk {
        var configuration = AMQPConfiguration()
        (configuration.largestWindow, configuration.largestWindowBytes) = (messages, bytes)
        let talk = try HandlerTalk(configuration)
        let first = talk.publish("first")
        talk.handler.send([.call(first)])
        try talk.say(.confirm(.selectOk), 1)
        try talk.say(.basic(.ack(tag: 1, isMultiple: false)), 1)
        _ = try talk.published()
        return talk
    }

    private func ack(_ tag: UInt64, _ talk: HandlerTalk) throws {
        try talk.say(.basic(.ack(tag: tag, isMultiple: false)), 1)
    }

    @Test("more messages than the window holds wait, in order, for confirms")
    func messages() throws {
        let talk = try Self.confirming()
        let calls = (0..<6).map { talk.publish("\($0)") }
        talk.handler.send(calls.map { .call($0) })
        #expect(try talk.published() == ["0", "1", "2"])
        try ack(3, talk)
        #expect(try talk.published() == ["3"], "a confirm out of order makes room, too")
        try talk.say(.basic(.ack(tag: 5, isMultiple: true)), 1)
        #expect(try talk.published() == ["4", "5"])
        try talk.say(.basic(.ack(tag: 7, isMultiple: true)), 1)
        #expect(!calls.contains { !$0.isFinished })
    }

    @Test("more bytes than the window holds wait; a body that is longer than the window goes alone")
    func bytes() throws {
        let talk = try Self.confirming()
        let sizes = [60, 40, 1, 101, 0]
        let calls = sizes.map { talk.publish("\($0)", body: Array(repeating: 0, count: $0)) }
        talk.handler.send(calls.map { .call($0) })
        #expect(try talk.published() == ["60", "40"])
        try ack(2, talk)
        #expect(try talk.published() == ["1"])
        try ack(3, talk)
        #expect(try talk.published() == [], "101 bytes wait until nothing else is unconfirmed")
        try ack(4, talk)
        #expect(try talk.published() == ["101"])
        try ack(5, talk)
        #expect(try talk.published() == ["0"])
    }

    @Test("a batch that is larger than the window goes in parts; what is behind it waits")
    func batch() async throws {
        let talk = try Self.confirming()
        let batch = Call(
            .publishAll((0..<5).map { AMQPMessage(routingKey: "\($0)") }), on: talk.key, due: .distantFuture)
        let behind = talk.publish("behind")
        talk.handler.send([.call(batch), .call(behind)])
        #expect(try talk.published() == ["0", "1", "2"])
        try talk.say(.basic(.nack(tag: 4, isMultiple: true, isRequeued: false)), 1)
        #expect(try talk.published() == ["3", "4", "behind"])
        try talk.say(.basic(.ack(tag: 6, isMultiple: true)), 1)
        let outcomes = try await talk.outcomes(of: batch)
        #expect(outcomes.map(\.word) == ["refused", "refused", "refused", "ok", "ok"])
        #expect(!behind.isFinished)
    }

    @Test("a large batch is handed to the transport in parts of 256 KiB, and nothing is left out")
    func largeBatch() throws {
        let talk = try Self.confirming(messages: 10_000, bytes: 100 << 20)
        let messages = (0..<100).map { AMQPMessage(routingKey: "\($0)", body: Array(repeating: 0, count: 50 << 10)) }
        talk.handler.send([.call(Call(.publishAll(messages), on: talk.key, due: .distantFuture))])
        var largest = 0
        var count = 0
        while let bytes = try talk.channel.readOutbound(as: ByteBuffer.self) {
            largest = max(largest, bytes.readableBytes)
            count += bytes.readableBytes
        }
        #expect(largest < 256 << 10 + 60 << 10)
        #expect(count > 100 * 50 << 10)
    }

    @Test("a message that waits for the window is surely not sent when its deadline passes")
    func deadline() async throws {
        let talk = try Self.confirming()
        let calls = (0..<3).map { talk.publish("\($0)") }
        let late = talk.publish("late", due: .now())
        talk.handler.send((calls + [late]).map { .call($0) })
        _ = try talk.published()
        talk.channel.embeddedEventLoop.advanceTime(to: .now() + .seconds(1))
        let error = try await talk.error(of: late)
        #expect(error?.code == .unreachable && error?.mayHaveBeenDone == false)
        try talk.say(.basic(.ack(tag: 4, isMultiple: true)), 1)
        #expect(try talk.published() == [])
    }

    @Test("of a batch whose deadline passes, what was sent may have been done, and the rest is never sent")
    func lateBatch() async throws {
        let talk = try Self.confirming()
        let batch = Call(.publishAll((0..<5).map { AMQPMessage(routingKey: "\($0)") }), on: talk.key, due: .now())
        talk.handler.send([.call(batch)])
        #expect(try talk.published() == ["0", "1", "2"])
        try ack(2, talk)
        #expect(try talk.published() == ["3"])
        talk.channel.embeddedEventLoop.advanceTime(to: .now() + .seconds(1))
        let outcomes = try await talk.outcomes(of: batch)
        #expect(outcomes.map(\.word) == ["ok"] + Array(repeating: "deadlineExceeded", count: 4))
        try talk.say(.basic(.ack(tag: 5, isMultiple: true)), 1)
        #expect(try talk.published() == [])
    }

    @Test("what waits for the window fails at once when the server accepts no messages, and with its channel")
    func ends() async throws {
        for method in [
            Method.connection(.blocked(reason: "low on memory")), .channel(.close(Closing(code: 404, text: "gone"))),
        ] {
            let talk = try Self.confirming()
            let calls = (0..<4).map { talk.publish("\($0)") }
            talk.handler.send(calls.map { .call($0) })
            try talk.say(method, method.id.classID == MethodID.channel ? 1 : 0)
            let error = try #require(try await talk.error(of: calls[3]))
            #expect([.blocked, .channelClosed].contains(error.code) && !error.mayHaveBeenDone)
        }
    }
}
