import NIOCore
import TestKit
import Testing

@testable import AMQPClient

@Suite("the client, fed with nonsense", .timeLimit(.minutes(15)))
struct FuzzTests {
    private static let limit = 4096

    @Test("random bytes are read or refused, never more")
    func randomBytes() async {
        var chance = Chance()
        for _ in 0..<2000 {
            await Task.yield()
            var reader = FrameReader(limit: Self.limit)
            for part in chance.slices(of: chance.bytes(1...400)) {
                reader.feed(ByteBuffer(bytes: part))
                while let frame = try? reader.next() { read(frame) }
                #expect(reader.held <= Self.limit + part.count, "seed \(chance.seed)")
            }
        }
    }

    @Test("spoilt payloads of every method and of properties are read or refused, never more")
    func payloads() async {
        var chance = Chance()
        for _ in 0..<150 {
            await Task.yield()
            for method in Method.every(&chance) {
                var buffer = ByteBuffer()
                guard (try? method.write(to: &buffer)) != nil else { continue }
                var bytes = Array(buffer.readableBytesView)
                chance.mutate(&bytes)
                _ = try? Method(from: ByteBuffer(bytes: bytes))
            }
            var buffer = ByteBuffer()
            let header = ContentHeader(bodySize: chance.number(), properties: .random(&chance))
            guard (try? header.write(to: &buffer)) != nil else { continue }
            var bytes = Array(buffer.readableBytesView)
            chance.mutate(&bytes)
            _ = try? ContentHeader(from: ByteBuffer(bytes: bytes))
        }
    }

    @Test("a server that spoils its answers ends the connection, or is understood; every call ends with it")
    func spoiltServer() async throws {
        var chance = Chance()
        for _ in 0..<1500 {
            await Task.yield()
            var talk = try Conversation.open()
            let calls = try open(&talk)
            var bytes = try script(&chance)
            if chance.bool() { chance.mutate(&bytes) }
            for part in chance.slices(of: bytes) { talk.machine.received(ByteBuffer(bytes: part), at: talk.now) }
            #expect(talk.machine.held <= 131_072 + bytes.count, "seed \(chance.seed)")
            talk.machine.transportEnded(.closedByServer)
            finish(talk.machine.takeEvents())
            #expect(calls.count { !$0.isFinished } == 0, "seed \(chance.seed)")
        }
    }

    @Test("methods in random order and on random channels never trap, in any phase")
    func randomMethods() async throws {
        var chance = Chance()
        for turn in 0..<400 {
            await Task.yield()
            var talk = turn.isMultiple(of: 4) ? Conversation() : try Conversation.open()
            if turn.isMultiple(of: 2), !turn.isMultiple(of: 4) { _ = try open(&talk) }
            for _ in 0..<30 {
                let method = Method.every(&chance).randomElement(using: &chance)
                try talk.say(method ?? .basic(.getEmpty), channel: UInt16.random(in: 0...2, using: &chance))
            }
            finish(talk.machine.takeEvents())
        }
    }

    private func read(_ frame: Frame) {
        _ = try? Method(from: frame.payload)
        _ = try? ContentHeader(from: frame.payload)
        var payload = frame.payload
        _ = try? payload.table()
    }

    /// A channel with one of everything open on it.
    private func open(_ talk: inout Conversation) throws -> [Call] {
        let key = try talk.openChannel()
        let calls = [
            talk.send(.consume(.init(queue: "q", consumerTag: "c1"), prefetch: 5, Mailbox()), on: key),
            talk.send(.publish(AMQPMessage(routingKey: "a")), on: key),
            talk.send(.publishAll([AMQPMessage(routingKey: "b"), AMQPMessage(routingKey: "c")]), on: key),
            talk.send(.ask(.basic(.get(queue: "q", noAck: false))), on: key),
            talk.send(.ask(.queue(.purge(queue: "q"))), on: key),
        ]
        return calls
    }

    /// What a server says to that, in order.
    private func script(_ chance: inout Chance) throws -> [UInt8] {
        var talk = ByteBuffer()
        func say(_ method: AMQPClient.Method) throws { try talk.write(method, channel: 1, limit: 131_072) }
        func content(_ body: [UInt8], _ properties: AMQPProperties) throws {
            let header = ContentHeader(bodySize: UInt64(body.count), properties: properties)
            try talk.writeFrame(.header, channel: 1, limit: 131_072) { (buffer) throws(AMQPViolation) in
                try header.write(to: &buffer)
            }
            talk.write(body: body, channel: 1, limit: 64)
        }
        try say(.basic(.qosOk))
        try say(.basic(.consumeOk(consumerTag: "c1")))
        try say(.confirm(.selectOk))
        try say(.basic(.return(code: 312, text: "NO_ROUTE", exchange: "", routingKey: "b")))
        try content([], AMQPProperties())
        try say(.basic(.ack(tag: 3, isMultiple: true)))
        try say(.basic(.getOk(tag: 1, isRedelivered: false, exchange: "", routingKey: "q", messages: 3)))
        try content(chance.bytes(0...200), .random(&chance))
        try say(
            .basic(.deliver(consumerTag: "c1", tag: 2, isRedelivered: true, exchange: "", routingKey: "q")))
        try content(chance.bytes(0...200), .random(&chance))
        try say(.queue(.purgeOk(messages: 1)))
        talk.writeHeartbeat()
        if chance.bool() { try say(.channel(.close(.random(&chance)))) }
        return Array(talk.readableBytesView)
    }

    private func finish(_ events: [Event]) {
        for event in events {
            switch event {
            case .answered(let call, let answer): call.finish(.success(answer))
            case .settled(let settled): settled.call.settle(settled.index, settled.outcome)
            case .failed(let call, let error): call.fail(error)
            case .opened, .delivered, .consumerEnded, .channelEnded, .blocked, .ended: break
            }
        }
    }
}
