import NIOCore
import NIOEmbedded
import Testing

@testable import AMQPClient

@Suite("the handler of a connection")
struct HandlerTests {
    private let channel = EmbeddedChannel()
    private let handler = ConnectionHandler(AMQPConfiguration())
    private let key: ChannelKey

    /// One that is logged in and has channel 1.
    init() throws {
        try channel.pipeline.syncOperations.addHandler(handler)
        try channel.connect(to: SocketAddress(unixDomainSocketPath: "/nowhere")).wait()
        for method in [
            ConnectionMethod.start(), .tune(.init(channelMax: 9, frameMax: 4096, heartbeat: 0)), .openOk,
        ] {
            try Self.say(.connection(method), on: channel)
        }
        let open = Call(.openChannel(Ending()), due: .distantFuture)
        handler.send([.call(open)])
        try Self.say(.channel(.openOk), 1, on: channel)
        while try channel.readOutbound(as: ByteBuffer.self) != nil {}
        key = ChannelKey(number: 1, generation: 1)
    }

    private static func say(_ method: AMQPClient.Method, _ number: UInt16 = 0, on channel: EmbeddedChannel) throws {
        var bytes = ByteBuffer()
        try bytes.write(method, channel: number, limit: 4096)
        try channel.writeInbound(bytes)
    }

    private func publish(_ key: String, due: NIODeadline = .distantFuture) -> Call {
        Call(.publish(AMQPMessage(routingKey: key)), on: self.key, due: due)
    }

    /// The methods of one write.
    private func written() throws -> [AMQPClient.Method] {
        guard let bytes = try channel.readOutbound(as: ByteBuffer.self) else { return [] }
        var reader = FrameReader(limit: 4096)
        reader.feed(bytes)
        var methods: [AMQPClient.Method] = []
        while let frame = try reader.next() {
            if frame.kind == .method { methods.append(try AMQPClient.Method(from: frame.payload)) }
        }
        return methods
    }

    @Test("what gathered goes out in one write, in order, without what was given up")
    func oneWrite() throws {
        let calls = ["a", "b", "c"].map { publish($0) }
        calls[1].finish(.failure(CancellationError()))
        handler.send([
            .call(calls[0]), .settle(key, .ack(tag: 1, isMultiple: true)), .call(calls[1]), .call(calls[2]),
        ])
        let names = try written().map { "\($0.id)" }
        #expect(names == ["confirm.select", "basic.publish", "basic.ack", "basic.publish"])
        #expect(try channel.readOutbound(as: ByteBuffer.self) == nil)
    }

    @Test("one multiple ack of the server finishes many calls")
    func multipleAck() throws {
        let calls = (0..<100).map { publish("\($0)") }
        handler.send(calls.map { .call($0) })
        try Self.say(.confirm(.selectOk), 1, on: channel)
        try Self.say(.basic(.ack(tag: 100, isMultiple: true)), 1, on: channel)
        #expect(calls.count { !$0.isFinished } == 0)
    }

    @Test("while the channel is full nothing is written; what is overdue by then was surely not done")
    func full() async throws {
        channel.isWritable = false
        channel.pipeline.fireChannelWritabilityChanged()
        let (late, patient) = (publish("late", due: .now()), publish("patient"))
        handler.send([.call(late), .call(patient)])
        #expect(try written().isEmpty)
        channel.embeddedEventLoop.advanceTime(to: .now() + .seconds(1))
        guard case .outcome(.failure(let error)) = try await late.answer({ _ in }) else {
            throw AMQPError.unexpectedAnswer
        }
        #expect(error.code == .unreachable && !error.mayHaveBeenDone)
        channel.isWritable = true
        channel.pipeline.fireChannelWritabilityChanged()
        #expect(try written().map { "\($0.id)" } == ["confirm.select", "basic.publish"])
        #expect(!patient.isFinished)
    }

    @Test("closing fails what is awaited at once, and what comes after")
    func closing() throws {
        let (awaited, later) = (publish("a"), publish("b"))
        handler.send([.call(awaited)])
        handler.close(.clientClosed)
        #expect(awaited.isFinished && !channel.isActive)
        handler.send([.call(later)])
        #expect(later.isFinished)
    }
}
