import NIOCore
import NIOEmbedded
import Testing

@testable import RESPClient

@Suite("the handler of a connection")
struct HandlerTests {
    private let channel = EmbeddedChannel()
    private let handler = ConnectionHandler(purpose: .commands, configuration: RESPConfiguration())

    init() throws {
        try channel.pipeline.syncOperations.addHandler(handler)
        try channel.connect(to: SocketAddress(unixDomainSocketPath: "/nowhere")).wait()
    }

    private func call(_ word: String) -> Call { Call(.one(RESPCommand("ECHO", word)), due: .distantFuture) }

    @Test("calls that gathered go out in one write, without those that were given up")
    func oneWrite() throws {
        let calls = [call("a"), call("b"), call("c")]
        calls[1].finish(.failure(CancellationError()))
        handler.write(calls)
        let written = try channel.readOutbound(as: ByteBuffer.self).map { String(buffer: $0) }
        #expect(written == "*2\r\n$4\r\nECHO\r\n$1\r\na\r\n*2\r\n$4\r\nECHO\r\n$1\r\nc\r\n")
        #expect(try channel.readOutbound(as: ByteBuffer.self) == nil)
        try channel.writeInbound(ByteBuffer(string: "$1\r\na\r\n$1\r\nc\r\n"))
        #expect(calls.count(where: \.isFinished) == 3)
    }

    @Test("closing fails what is awaited at once, and what comes after")
    func closing() async throws {
        let (awaited, later) = (call("a"), call("b"))
        handler.write([awaited])
        handler.close(.clientClosed)
        #expect(awaited.isFinished)
        #expect(!handler.isOpen)
        #expect(await code { _ = try await later.answer { handler.write([$0]) } } == .closed)
    }

    @Test("a call for a connection that was lost before it was written was surely not carried out")
    func lostBefore() async throws {
        let (awaited, later) = (call("a"), call("b"))
        handler.write([awaited])
        channel.pipeline.fireChannelInactive()
        #expect(await code { _ = try await awaited.answer { _ in } } == .connectionLost)
        #expect(await code { _ = try await later.answer { handler.write([$0]) } } == .unreachable)
    }

    @Test("a refused call is handed on; the connection stays for the others, then closes")
    func misdirection() throws {
        var handedOn: [Call] = []
        handler.onMisdirection = { handedOn += $0 }
        let calls = [call("a"), call("b")]
        handler.write(calls)
        try channel.writeInbound(ByteBuffer(string: "-READONLY You can't write against a read only replica.\r\n"))
        #expect(handedOn.count == 1 && handedOn.first === calls[0])
        #expect(!handler.isOpen && channel.isActive)
        try channel.writeInbound(ByteBuffer(string: "$1\r\nb\r\n"))
        #expect(calls[1].isFinished && !calls[0].isFinished)
        #expect(!channel.isActive)
    }
}
