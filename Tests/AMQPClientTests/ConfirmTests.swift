import NIOCore
import Testing

@testable import AMQPClient

@Suite("confirms")
struct ConfirmTests {
    private func message(_ key: String = "q", body: [UInt8] = []) -> AMQPMessage {
        AMQPMessage(routingKey: key, body: body)
    }

    /// A channel that confirms, with these messages in flight, one call each.
    private func inFlight(_ messages: [AMQPMessage]) throws -> (Conversation, [Call]) {
        var talk = try Conversation.open()
        let key = try talk.openChannel()
        let calls = messages.map { talk.send(.publish($0), on: key) }
        try talk.say(.confirm(.selectOk), channel: 1)
        return (talk, calls)
    }

    private func giveBack(_ message: AMQPMessage, _ talk: inout Conversation) throws {
        let method = BasicMethod.return(
            code: 312, text: "NO_ROUTE", exchange: message.exchange, routingKey: message.routingKey)
        try talk.say(method, message.properties, body: message.body, channel: 1)
    }

    @Test("the first publish asks for confirms, once")
    func select() throws {
        var talk = try Conversation.open()
        let key = try talk.openChannel()
        _ = talk.send(.publish(message()), on: key)
        _ = talk.send(.publish(message()), on: key)
        let publish = Method.basic(.publish(exchange: "", routingKey: "q", isMandatory: true))
        #expect(try talk.sentMethods() == [.confirm(.select(noWait: false)), publish, publish])
    }

    @Test("acks and nacks settle one or many, in any order")
    func acks() throws {
        var (talk, calls) = try inFlight((0..<6).map { _ in message() })
        try talk.say(.basic(.ack(tag: 2, isMultiple: false)), channel: 1)
        #expect(talk.outcomes(of: calls) == [1: "ok"])
        try talk.say(.basic(.nack(tag: 3, isMultiple: true, isRequeued: false)), channel: 1)
        #expect(talk.outcomes(of: calls) == [0: "refused", 2: "refused"])
        try talk.say(.basic(.ack(tag: 2, isMultiple: true)), channel: 1)
        #expect(talk.outcomes(of: calls) == [:], "settled already")
        try talk.say(.basic(.ack(tag: 0, isMultiple: true)), channel: 1)
        #expect(talk.outcomes(of: calls) == [3: "ok", 4: "ok", 5: "ok"])
        try talk.say(.basic(.ack(tag: 0, isMultiple: true)), channel: 1)
        #expect(talk.machine.error == nil)
    }

    @Test("a confirm of a number that was never given ends the connection", arguments: [UInt64(0), 4, .max])
    func unknownTag(tag: UInt64) throws {
        var (talk, _) = try inFlight([message(), message(), message()])
        try talk.say(.basic(.ack(tag: tag, isMultiple: false)), channel: 1)
        #expect(talk.machine.error?.code == .protocolViolation)
    }

    @Test("a message that came back is unroutable, although it is acked")
    func returned() throws {
        let messages = [message("a"), message("b"), message("c")]
        var (talk, calls) = try inFlight(messages)
        try giveBack(messages[1], &talk)
        #expect(talk.outcomes(of: calls) == [:], "it is settled by its confirm")
        try talk.say(.basic(.ack(tag: 3, isMultiple: true)), channel: 1)
        #expect(talk.outcomes(of: calls) == [0: "ok", 1: "unroutable", 2: "ok"])
    }

    @Test("of messages to one route the one that is equal came back")
    func equalReturned() throws {
        let messages = [message(body: [1]), message(body: [2]), message(body: [2])]
        var (talk, calls) = try inFlight(messages)
        try giveBack(messages[1], &talk)
        try giveBack(messages[2], &talk)
        try talk.say(.basic(.ack(tag: 3, isMultiple: true)), channel: 1)
        #expect(talk.outcomes(of: calls) == [0: "ok", 1: "unroutable", 2: "unroutable"])
    }

    @Test("a return whose properties changed on the way belongs to its route; one of nothing open is ignored")
    func changedReturned() throws {
        var (talk, calls) = try inFlight([message("a"), message("b", body: [1])])
        try giveBack(AMQPMessage(routingKey: "b", properties: AMQPProperties(priority: 1), body: [1]), &talk)
        try giveBack(message("nowhere"), &talk)
        try talk.say(.basic(.ack(tag: 2, isMultiple: true)), channel: 1)
        #expect(talk.outcomes(of: calls) == [0: "ok", 1: "unroutable"])
    }

    @Test("every message of a batch has its outcome; one that cannot be written is not sent and spoils no other")
    func batch() throws {
        var talk = try Conversation.open()
        let key = try talk.openChannel()
        let messages = [message(), message("a\0b"), message("c"), message(String(repeating: "k", count: 256))]
        let call = talk.send(.publishAll(messages), on: key)
        #expect(try talk.sentMethods().count == 3)
        #expect(talk.outcomes(of: [call]) == [1: "invalid", 3: "invalid"])
        try talk.say(.confirm(.selectOk), channel: 1)
        try talk.say(.basic(.ack(tag: 2, isMultiple: true)), channel: 1)
        #expect(talk.outcomes(of: [call]) == [0: "ok", 2: "ok"])
    }

    @Test("while the server is blocked, publishes fail at once, and other calls go on")
    func blocked() throws {
        var talk = try Conversation.open()
        let key = try talk.openChannel()
        let before = talk.send(.publish(message()), on: key)
        try talk.say(.connection(.blocked(reason: "low on memory")))
        #expect(talk.machine.blockedReason == "low on memory")
        _ = (try talk.sent(), talk.machine.takeEvents())
        let batch = talk.send(.publishAll([message(), message()]), on: key)
        #expect(talk.outcomes(of: [batch]) == [0: "blocked", 1: "blocked"])
        _ = talk.send(.ask(.queue(.purge(queue: "q"))), on: key)
        #expect(try talk.sentMethods() == [.queue(.purge(queue: "q"))])
        try talk.say(.connection(.unblocked))
        try talk.say(.confirm(.selectOk), channel: 1)
        try talk.say(.basic(.ack(tag: 1, isMultiple: false)), channel: 1)
        #expect(talk.outcomes(of: [before]) == [0: "ok"])
    }

    @Test("the death of the channel or of the connection leaves publishes in doubt; a single culprit learns why")
    func death() throws {
        let noExchange = Closing(code: 404, text: "NOT_FOUND - no exchange", cause: MethodID(60, 40))
        for (count, word) in [(1, "server"), (2, "channelLost")] {
            var (talk, calls) = try inFlight((0..<count).map { _ in message() })
            try talk.say(.channel(.close(noExchange)), channel: 1)
            #expect(Set(talk.outcomes(of: calls).values) == [word])
        }
        var (talk, calls) = try inFlight([message(), message()])
        try talk.say(.basic(.ack(tag: 1, isMultiple: false)), channel: 1)
        talk.machine.transportEnded(.closedByServer)
        #expect(talk.outcomes(of: calls) == [0: "ok", 1: "connectionLost"])
        var (closed, others) = try inFlight([message()])
        try closed.say(.connection(.close(Closing(code: 320, text: "CONNECTION_FORCED"))))
        #expect(closed.outcomes(of: others) == [0: "connectionLost"])
    }

    @Test("a failed batch keeps the outcomes that it has")
    func partialBatch() async throws {
        let call = Call(.publishAll([message(), message(), message()]), on: nil, due: .distantFuture)
        call.settle(1, .success(()))
        call.settle(1, .failure(.refusedByQueue))
        call.fail(.closedByServer)
        guard case .outcomes(let outcomes) = try await call.answer({ _ in }) else { throw AMQPError.unexpectedAnswer }
        #expect(outcomes.map(\.word) == ["connectionLost", "ok", "connectionLost"])
    }
}
