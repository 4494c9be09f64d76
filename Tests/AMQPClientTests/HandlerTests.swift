import NIOCore
import NIOEmbedded
import Testing

@testable import AMQPClient

@Suite("the handler of a connection")
struct HandlerTests {
    private let talk: HandlerTalk
    private var channel: EmbeddedChannel { talk.channel }
    private var handler: ConnectionHandler { talk.handler }
    private var key: ChannelKey { talk.key }

    init() throws { talk = try HandlerTalk() }

    @Test("what gathered goes out in one write, in order, without what was given up")
    func oneWrite() throws {
        let calls = ["a", "b", "c"].map { talk.publish($0) }
        calls[1].finish(.failure(CancellationError()))
        handler.send([
            .call(calls[0]), .settle(key, .ack(tag: 1, isMultiple: true)), .call(calls[1]), .call(calls[2]),
        ])
        let names = try talk.written().map { "\($0.id)" }
        #expect(names == ["confirm.select", "basic.publish", "basic.ack", "basic.publish"])
        #expect(try channel.readOutbound(as: ByteBuffer.self) == nil)
    }

    @Test("one multiple ack of the server finishes many calls")
    func multipleAck() throws {
        let calls = (0..<100).map { talk.publish("\($0)") }
        handler.send(calls.map { .call($0) })
        try talk.say(.confirm(.selectOk), 1)
        try talk.say(.basic(.ack(tag: 100, isMultiple: true)), 1)
        #expect(calls.count { !$0.isFinished } == 0)
    }

    @Test("while the channel is full nothing is written; what is overdue by then was surely not done")
    func full() async throws {
        channel.isWritable = false
        channel.pipeline.fireChannelWritabilityChanged()
        let (late, patient) = (talk.publish("late", due: .now()), talk.publish("patient"))
        handler.send([.call(late), .call(patient)])
        #expect(try talk.written().isEmpty)
        channel.embeddedEventLoop.advanceTime(to: .now() + .seconds(1))
        guard case .outcome(.failure(let error)) = try await late.answer({ _ in }) else {
            throw AMQPError.unexpectedAnswer
        }
        #expect(error.code == .unreachable && !error.mayHaveBeenDone)
        channel.isWritable = true
        channel.pipeline.fireChannelWritabilityChanged()
        #expect(try talk.written().map { "\($0.id)" } == ["confirm.select", "basic.publish"])
        #expect(!patient.isFinished)
    }

    @Test("closing fails what is awaited at once, and what comes after")
    func closing() throws {
        let (awaited, later) = (talk.publish("a"), talk.publish("b"))
        handler.send([.call(awaited)])
        handler.close(.clientClosed)
        #expect(awaited.isFinished && !channel.isActive)
        handler.send([.call(later)])
        #expect(later.isFinished)
    }
}
