import NIOCore
import NIOEmbedded

@testable import AMQPClient

/// A handler that is logged in and has channel 1, and the server's part spoken by the test.
struct HandlerTalk {
    let channel = EmbeddedChannel()
    let handler: ConnectionHandler
    let key = ChannelKey(number: 1, generation: 1)

    init(_ configuration: AMQPConfiguration = AMQPConfiguration()) throws {
        handler = ConnectionHandler(configuration)
        try channel.pipeline.syncOperations.addHandler(handler)
        try channel.connect(to: SocketAddress(unixDomainSocketPath: "/nowhere")).wait()
        for method in [
            ConnectionMethod.start(), .tune(.init(channelMax: 9, frameMax: 4096, heartbeat: 0)), .openOk,
        ] {
            try say(.connection(method))
        }
        let open = Call(.openChannel(Ending()), due: .distantFuture)
        handler.send([.call(open)])
        try say(.channel(.openOk), 1)
        while try channel.readOutbound(as: ByteBuffer.self) != nil {}
    }

    func say(_ method: AMQPClient.Method, _ number: UInt16 = 0) throws {
        var bytes = ByteBuffer()
        try bytes.write(method, channel: number, limit: 4096)
        try channel.writeInbound(bytes)
    }

    func publish(_ key: String, body: [UInt8] = [], due: NIODeadline = .distantFuture) -> Call {
        Call(.publish(AMQPMessage(routingKey: key, body: body)), on: self.key, due: due)
    }

    /// The methods of one write.
    func written() throws -> [AMQPClient.Method] {
        guard let bytes = try channel.readOutbound(as: ByteBuffer.self) else { return [] }
        var reader = FrameReader(limit: 4096)
        reader.feed(bytes)
        var methods: [AMQPClient.Method] = []
        while let frame = try reader.next() {
            if frame.kind == .method { methods.append(try AMQPClient.Method(from: frame.payload)) }
        }
        return methods
    }

    /// The routing keys of the messages of all writes.
    func published() throws -> [String] {
        var keys: [String] = []
        while case let methods = try written(), !methods.isEmpty {
            for case .basic(.publish(_, let key, _)) in methods { keys.append(key) }
        }
        return keys
    }

    /// The error that ended a publish; `nil` if it was confirmed.
    func error(of call: Call) async throws -> AMQPError? {
        guard case .outcome(let outcome) = try await call.answer({ _ in }) else { throw AMQPError.unexpectedAnswer }
        if case .failure(let error) = outcome { return error }
        return nil
    }

    func outcomes(of call: Call) async throws -> [AMQPOutcome] {
        guard case .outcomes(let outcomes) = try await call.answer({ _ in }) else { throw AMQPError.unexpectedAnswer }
        return outcomes
    }
}
