import NIOCore
import Testing

@testable import AMQPClient

@Suite("the state of channels")
struct ChannelMachineTests {
    private let purge = Call.Request.ask(.queue(.purge(queue: "q")))

    private func answered(_ events: [Event]) -> [Call] {
        events.compactMap { if case .answered(let call, _) = $0 { call } else { nil } }
    }

    private func failures(_ events: [Event]) -> [(Call, AMQPError)] {
        events.compactMap { if case .failed(let call, let error) = $0 { (call, error) } else { nil } }
    }

    @Test("channels get the lowest free number, and no more of them than both sides agreed on")
    func numbers() throws {
        var talk = try Conversation.open(tuning: .init(channelMax: 2, frameMax: 4096, heartbeat: 0))
        let (first, second) = (try talk.openChannel(), try talk.openChannel())
        #expect([first.number, second.number] == [1, 2])
        let third = Call(.openChannel(Ending()), due: .distantFuture)
        _ = talk.machine.send(third)
        #expect(failures(talk.machine.takeEvents()).first?.1.code == .invalid)
        let close = talk.send(.closeChannel, on: first)
        try talk.say(.channel(.closeOk), channel: 1)
        #expect(answered(talk.machine.takeEvents()).contains { $0 === close })
        let again = try talk.openChannel()
        #expect(again.number == 1 && again != first)
        _ = try talk.sent()
        _ = talk.send(purge, on: first)
        #expect(failures(talk.machine.takeEvents()).first?.1.code == .channelClosed)
        talk.machine.settle(.ack(tag: 1, isMultiple: false), on: first)
        #expect(try talk.sent().isEmpty, "nothing is sent under an old channel")
    }

    @Test("answers go to the requests in their order")
    func order() throws {
        var talk = try Conversation.open()
        let key = try talk.openChannel()
        let calls = [
            talk.send(.ask(.queue(.purge(queue: "a"))), on: key), talk.send(.ask(.queue(.purge(queue: "b"))), on: key),
            talk.send(.ask(.basic(.get(queue: "c", noAck: true))), on: key),
            talk.send(.ask(.exchange(.unbind(.init(destination: "d", source: "e", routingKey: "f")))), on: key),
        ]
        try talk.say(.queue(.purgeOk(messages: 1)), channel: 1)
        try talk.say(.queue(.purgeOk(messages: 2)), channel: 1)
        try talk.say(.basic(.getEmpty), channel: 1)
        try talk.say(.exchange(.unbindOk), channel: 1)
        #expect(answered(talk.machine.takeEvents()).map(ObjectIdentifier.init) == calls.map(ObjectIdentifier.init))
    }

    @Test("the answer to a consume may come after that to a later request, as RabbitMQ sends it for a classic queue")
    func overtaken() throws {
        var talk = try Conversation.open()
        let key = try talk.openChannel()
        let consume = talk.send(.consume(.init(queue: "q", consumerTag: "c2"), prefetch: 5, Mailbox()), on: key)
        let cancel = talk.send(.ask(.basic(.cancel(consumerTag: "c1", noWait: false))), on: key)
        let get = talk.send(.ask(.basic(.get(queue: "q", noAck: false))), on: key)
        func expectAnswer(to call: Call) {
            #expect(answered(talk.machine.takeEvents()).map(ObjectIdentifier.init) == [ObjectIdentifier(call)])
        }
        try talk.say(.basic(.qosOk), channel: 1)
        try talk.say(.basic(.cancelOk(consumerTag: "c1")), channel: 1)
        expectAnswer(to: cancel)
        try talk.say(.basic(.getEmpty), channel: 1)
        expectAnswer(to: get)
        try talk.say(.basic(.consumeOk(consumerTag: "c2")), channel: 1)
        expectAnswer(to: consume)
        try talk.say(.basic(.consumeOk(consumerTag: "c2")), channel: 1)
        #expect(talk.machine.error?.code == .protocolViolation)
    }

    @Test("an answer that nobody asked for ends the connection with 503")
    func unasked() throws {
        var talk = try Conversation.open()
        _ = try talk.openChannel()
        try talk.say(.queue(.purgeOk(messages: 1)), channel: 1)
        guard case .connection(.close(let closing))? = try talk.sentMethods().first else {
            throw AMQPError.unexpectedAnswer
        }
        #expect(closing.code == 503)
    }

    @Test("content is put together from its frames", arguments: [0, 1, 5000, 20_000])
    func content(count: Int) throws {
        var talk = try Conversation.open()
        let key = try talk.openChannel()
        let mailbox = Mailbox()
        _ = talk.send(.consume(.init(queue: "q", consumerTag: "t"), prefetch: 7, mailbox), on: key)
        #expect(
            try talk.sentMethods() == [
                .basic(.qos(prefetchSize: 0, prefetchCount: 7, isGlobal: false)),
                .basic(.consume(.init(queue: "q", consumerTag: "t"))),
            ])
        try talk.say(.basic(.qosOk), channel: 1)
        try talk.say(.basic(.consumeOk(consumerTag: "t")), channel: 1)
        let body = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        let properties = AMQPProperties(headers: ["task": "tasks.add"], deliveryMode: 2)
        let head = BasicMethod.deliver(
            consumerTag: "t", tag: 1, isRedelivered: true, exchange: "x", routingKey: "k")
        try talk.say(head, properties, body: body, channel: 1)
        guard case .delivered(let target, let delivery)? = talk.machine.takeEvents().last else {
            throw AMQPError.unexpectedAnswer
        }
        #expect(target === mailbox && delivery.body == body && delivery.properties == properties)
        #expect(delivery.isRedelivered && delivery.exchange == "x" && delivery.routingKey == "k" && delivery.tag == 1)
        #expect(delivery.defect == nil && delivery.needsSettlement)
    }

    @Test("an oversized body and unreadable properties arrive as a defect, and the connection goes on")
    func defects() throws {
        var configuration = AMQPConfiguration()
        configuration.largestBody = 10
        var talk = try Conversation.open(configuration)
        let key = try talk.openChannel()
        _ = talk.send(.consume(.init(queue: "q", consumerTag: "t"), prefetch: 1, Mailbox()), on: key)
        try talk.say(.basic(.qosOk), channel: 1)
        try talk.say(.basic(.consumeOk(consumerTag: "t")), channel: 1)
        let head = BasicMethod.deliver(
            consumerTag: "t", tag: 1, isRedelivered: false, exchange: "", routingKey: "q")
        try talk.say(head, body: [UInt8](repeating: 1, count: 11), channel: 1)
        var bytes = ByteBuffer()
        try bytes.write(.basic(head), channel: 1, limit: 4096)
        // A content header whose table holds a field of type "?".
        try bytes.writeFrame(.header, channel: 1, limit: 4096) {
            $0.writeBytes([0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0x20, 0, 0, 0, 0, 3, 1, 0x61, 0x3F])
        }
        bytes.write(body: [9], channel: 1, limit: 4096)
        talk.machine.received(bytes, at: talk.now)
        var deliveries: [AMQPDelivery] = []
        for case .delivered(_, let delivery) in talk.machine.takeEvents() { deliveries.append(delivery) }
        #expect(deliveries.map(\.body) == [[], [9]])
        #expect(deliveries.first?.defect?.contains("11 bytes") == true)
        #expect(deliveries.last?.defect?.contains("type 63") == true)
        #expect(talk.machine.error == nil)
    }

    @Test("content frames out of order end the connection with 505")
    func contentOutOfOrder() throws {
        let deliver = BasicMethod.deliver(
            consumerTag: "t", tag: 1, isRedelivered: false, exchange: "", routingKey: "")
        func bytes(_ kinds: [Frame.Kind]) throws -> ByteBuffer {
            var bytes = ByteBuffer()
            for kind in kinds {
                switch kind {
                case .method: try bytes.write(.basic(deliver), channel: 1, limit: 4096)
                case .body, .heartbeat: bytes.write(body: [1, 2, 3], channel: 1, limit: 4096)
                case .header:
                    try bytes.writeFrame(.header, channel: 1, limit: 4096) { (buffer) throws(AMQPViolation) in
                        try ContentHeader(bodySize: 4, properties: AMQPProperties()).write(to: &buffer)
                    }
                }
            }
            return bytes
        }
        for kinds: [Frame.Kind] in [
            [.header], [.body], [.method, .method], [.method, .body], [.method, .header, .header],
            [.method, .header, .body, .body],
        ] {
            var talk = try Conversation.open()
            _ = try talk.openChannel()
            talk.machine.received(try bytes(kinds), at: talk.now)
            guard case .connection(.close(let closing))? = try talk.sentMethods().first else {
                throw AMQPError.unexpectedAnswer
            }
            #expect(closing.code == 505, "\(kinds)")
        }
    }

    @Test("a refused call gets the server's reason; what else was open on the channel is lost; other channels go on")
    func channelClosed() throws {
        var talk = try Conversation.open()
        let (key, other) = (try talk.openChannel(), try talk.openChannel())
        let mailbox = Mailbox()
        let consume = talk.send(.consume(.init(queue: "q", consumerTag: "t"), prefetch: nil, mailbox), on: key)
        try talk.say(.basic(.consumeOk(consumerTag: "t")), channel: 1)
        let check = talk.send(.ask(.queue(.declare(.init(queue: "none", isPassive: true)))), on: key)
        let later = talk.send(purge, on: key)
        let publish = talk.send(.publish(AMQPMessage(routingKey: "q")), on: key)
        let elsewhere = talk.send(purge, on: other)
        _ = (try talk.sent(), talk.machine.takeEvents())
        let closing = Closing(code: 404, text: "NOT_FOUND - no queue 'none'", cause: MethodID(50, 10))
        try talk.say(.channel(.close(closing)), channel: 1)
        #expect(try talk.sentMethods() == [.channel(.closeOk)])
        let events = talk.machine.takeEvents()
        let failures = failures(events)
        #expect(failures.map { ObjectIdentifier($0.0) } == [check, later].map(ObjectIdentifier.init))
        #expect(failures.map(\.1.code) == [.server, .channelLost])
        #expect(failures.first?.1.server?.isNotFound == true)
        #expect(failures.first?.1.server?.method == "queue.declare")
        var ends: [String] = []
        for event in events {
            switch event {
            case .settled(let settled) where settled.call === publish: ends.append(settled.outcome.word)
            case .consumerEnded(let ended, let error) where ended === mailbox:
                ends.append(error?.code.description ?? "")
            case .channelEnded(key, let error): ends.append(error.code.description)
            default: break
            }
        }
        #expect(ends == ["server", "channelLost", "channelLost"])
        try talk.say(.queue(.purgeOk(messages: 0)), channel: 2)
        #expect(answered(talk.machine.takeEvents()).first === elsewhere)
        _ = consume
    }

    @Test("a consumer that the server cancels ends with an error; one that was cancelled ends in order")
    func cancelled() throws {
        var talk = try Conversation.open()
        let key = try talk.openChannel()
        let (lost, left) = (Mailbox(), Mailbox())
        _ = talk.send(.consume(.init(queue: "a", consumerTag: "lost"), prefetch: nil, lost), on: key)
        _ = talk.send(.consume(.init(queue: "b", consumerTag: "left"), prefetch: nil, left), on: key)
        let twice = talk.send(.consume(.init(queue: "b", consumerTag: "left"), prefetch: nil, left), on: key)
        #expect(failures(talk.machine.takeEvents()).first?.0 === twice, "a tag is used once")
        try talk.say(.basic(.consumeOk(consumerTag: "lost")), channel: 1)
        try talk.say(.basic(.consumeOk(consumerTag: "left")), channel: 1)
        _ = talk.send(.ask(.basic(.cancel(consumerTag: "left", noWait: false))), on: key)
        try talk.say(.basic(.cancel(consumerTag: "lost", noWait: true)), channel: 1)
        try talk.say(.basic(.cancelOk(consumerTag: "left")), channel: 1)
        var ends: [AMQPError.Code?] = []
        for case .consumerEnded(_, let error) in talk.machine.takeEvents() { ends.append(error?.code) }
        #expect(ends == [.consumerCancelled, nil])
    }

    @Test("a consumer is cancelled once, however often that is asked; what still arrives is delivered")
    func cancelledTwice() throws {
        var talk = try Conversation.open()
        let key = try talk.openChannel()
        let mailbox = Mailbox()
        let consume = Call.Request.consume(.init(queue: "a", consumerTag: "t"), prefetch: nil, mailbox)
        let cancel = BasicMethod.cancel(consumerTag: "t", noWait: false)
        _ = talk.send(consume, on: key)
        try talk.say(.basic(.consumeOk(consumerTag: "t")), channel: 1)
        _ = (try talk.sent(), talk.machine.takeEvents())
        let calls = (0..<3).map { _ in talk.send(.ask(.basic(cancel)), on: key) }
        #expect(try talk.sentMethods() == [.basic(cancel)])
        let head = BasicMethod.deliver(consumerTag: "t", tag: 4, isRedelivered: false, exchange: "", routingKey: "")
        try talk.say(head, body: [1], channel: 1)
        try talk.say(.basic(.cancelOk(consumerTag: "t")), channel: 1)
        let events = talk.machine.takeEvents()
        #expect(answered(events).map(ObjectIdentifier.init) == calls.map(ObjectIdentifier.init))
        #expect(events.count { if case .delivered = $0 { true } else { false } } == 1)
        #expect(events.count { if case .consumerEnded(let ended, nil) = $0 { ended === mailbox } else { false } } == 1)

        // One that has ended is cancelled by the server's word; a consumer of the same tag that begins then stays.
        _ = talk.send(.ask(.basic(cancel)), on: key)
        _ = talk.send(consume, on: key)
        try talk.say(.basic(.cancelOk(consumerTag: "t")), channel: 1)
        try talk.say(.basic(.consumeOk(consumerTag: "t")), channel: 1)
        try talk.say(head, body: [1], channel: 1)
        #expect(talk.machine.takeEvents().contains { if case .delivered = $0 { true } else { false } })
        #expect(talk.machine.error == nil)
    }

    @Test("calls that wait for one cancel all fail with the channel")
    func cancelledTwiceAndClosed() throws {
        var talk = try Conversation.open()
        let key = try talk.openChannel()
        _ = talk.send(.consume(.init(queue: "a", consumerTag: "t"), prefetch: nil, Mailbox()), on: key)
        try talk.say(.basic(.consumeOk(consumerTag: "t")), channel: 1)
        _ = talk.machine.takeEvents()
        let cancel = BasicMethod.cancel(consumerTag: "t", noWait: false)
        let calls = (0..<2).map { _ in talk.send(.ask(.basic(cancel)), on: key) }
        try talk.say(.channel(.close(.init(code: 406, text: "PRECONDITION_FAILED"))), channel: 1)
        #expect(failures(talk.machine.takeEvents()).map { ObjectIdentifier($0.0) } == calls.map(ObjectIdentifier.init))
    }

    @Test("what arrives for a consumer that was given up goes back to its queue")
    func abandoned() throws {
        var talk = try Conversation.open()
        let key = try talk.openChannel()
        _ = talk.send(.consume(.init(queue: "a", consumerTag: "t"), prefetch: nil, Mailbox()), on: key)
        try talk.say(.basic(.consumeOk(consumerTag: "t")), channel: 1)
        _ = (try talk.sent(), talk.machine.takeEvents())
        talk.machine.abandon(consumer: "t", on: key)
        let head = BasicMethod.deliver(
            consumerTag: "t", tag: 4, isRedelivered: false, exchange: "", routingKey: "")
        try talk.say(head, body: [1], channel: 1)
        #expect(
            try talk.sentMethods() == [
                .basic(.cancel(consumerTag: "t", noWait: true)), .basic(.reject(tag: 4, isRequeued: true)),
            ])
        #expect(talk.machine.takeEvents().isEmpty)
    }

    @Test("both sides close a channel at once")
    func crossing() throws {
        var talk = try Conversation.open()
        let key = try talk.openChannel()
        let open = talk.send(purge, on: key)
        let close = talk.send(.closeChannel, on: key)
        _ = (try talk.sent(), talk.machine.takeEvents())
        try talk.say(.queue(.purgeOk(messages: 0)), channel: 1)
        #expect(answered(talk.machine.takeEvents()).first === open, "what was asked before is answered")
        try talk.say(.channel(.close(Closing(code: 406, text: "x"))), channel: 1)
        #expect(try talk.sentMethods() == [.channel(.closeOk)])
        #expect(try talk.openChannel().number == 2, "the number is free only after the answer")
        try talk.say(.channel(.closeOk), channel: 1)
        #expect(answered(talk.machine.takeEvents()).first === close)
        #expect(try talk.openChannel().number == 1)
    }

    @Test("flow is answered, and stops publishes of the channel")
    func flow() throws {
        var talk = try Conversation.open()
        let key = try talk.openChannel()
        try talk.say(.channel(.flow(isActive: false)), channel: 1)
        #expect(try talk.sentMethods() == [.channel(.flowOk(isActive: false))])
        let stopped = talk.send(.publish(AMQPMessage(routingKey: "q")), on: key)
        #expect(talk.outcomes(of: [stopped]) == [0: "blocked"])
        try talk.say(.channel(.flow(isActive: true)), channel: 1)
        _ = try talk.sent()
        _ = talk.send(.publish(AMQPMessage(routingKey: "q")), on: key)
        #expect(try talk.sentMethods().count == 2)
    }

    @Test("calls past their deadline are found once, and the next look is at the next deadline")
    func deadlines() throws {
        var talk = try Conversation.open()
        let key = try talk.openChannel()
        let late = talk.send(purge, on: key, due: talk.now + .seconds(1))
        let publish = talk.send(.publish(AMQPMessage(routingKey: "q")), on: key, due: talk.now + .seconds(2))
        #expect(talk.machine.checkUp(at: talk.now).next == talk.now + .seconds(1))
        let checkUp = talk.machine.checkUp(at: talk.now + .seconds(1))
        #expect(checkUp.expired.map(ObjectIdentifier.init) == [ObjectIdentifier(late)])
        #expect(checkUp.next == talk.now + .seconds(2))
        late.expire()
        #expect(talk.machine.checkUp(at: talk.now + .seconds(2)).expired.contains { $0 === publish })
        try talk.say(.queue(.purgeOk(messages: 0)), channel: 1)
        #expect(talk.machine.error == nil, "a late answer is nobody else's")
    }

    @Test("a call that finished before it was written is not written")
    func unwritten() throws {
        var talk = try Conversation.open()
        let key = try talk.openChannel()
        let call = Call(purge, on: key, due: talk.now)
        call.expire()
        _ = talk.machine.send(call)
        #expect(try talk.sent().isEmpty)
    }
}
