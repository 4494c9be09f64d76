import NIOCore
import Testing

@testable import AMQPClient

/// A machine, and the server's part spoken by the test, in virtual time.
struct Conversation {
    var machine: ConnectionMachine
    var now = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    init(_ configuration: AMQPConfiguration = AMQPConfiguration()) {
        machine = ConnectionMachine(configuration, now: now)
    }

    /// One that is logged in, with nothing left to read.
    static func open(
        _ configuration: AMQPConfiguration = AMQPConfiguration(),
        tuning: ConnectionMethod.Tuning = .init(channelMax: 2047, frameMax: 131_072, heartbeat: 60)
    ) throws -> Conversation {
        var conversation = Conversation(configuration)
        try conversation.say(.connection(.start()))
        try conversation.say(.connection(.tune(tuning)))
        try conversation.say(.connection(.openOk))
        _ = try conversation.sent()
        _ = conversation.machine.takeEvents()
        return conversation
    }

    mutating func say(_ method: AMQPClient.Method, channel: UInt16 = 0) throws {
        var bytes = ByteBuffer()
        try bytes.write(method, channel: channel, limit: 131_072)
        machine.received(bytes, at: now)
    }

    /// Sends a method with content.
    mutating func say(
        _ method: BasicMethod, _ properties: AMQPProperties = AMQPProperties(), body: [UInt8], channel: UInt16,
        frame: Int = 4096
    ) throws {
        var bytes = ByteBuffer()
        try bytes.write(.basic(method), channel: channel, limit: 131_072)
        let header = ContentHeader(bodySize: UInt64(body.count), properties: properties)
        try bytes.writeFrame(.header, channel: channel, limit: 131_072) { (buffer) throws(AMQPViolation) in
            try header.write(to: &buffer)
        }
        bytes.write(body: body, channel: channel, limit: frame)
        machine.received(bytes, at: now)
    }

    /// What the client has sent since the last look. The protocol header is left out.
    mutating func sent() throws -> [Frame] {
        guard var bytes = machine.takeBytes(at: now) else { return [] }
        if bytes.getBytes(at: bytes.readerIndex, length: 8) == Frame.protocolHeader {
            bytes.moveReaderIndex(forwardBy: 8)
        }
        var reader = FrameReader(limit: 131_072)
        reader.feed(bytes)
        var frames: [Frame] = []
        while let frame = try reader.next() { frames.append(frame) }
        return frames
    }

    mutating func sentMethods() throws -> [AMQPClient.Method] {
        try sent().filter { $0.kind == .method }.map { try AMQPClient.Method(from: $0.payload) }
    }

    /// Opens a channel; nothing is left to read.
    mutating func openChannel() throws -> ChannelKey {
        let call = Call(.openChannel(Ending()), due: .distantFuture)
        _ = machine.send(call)
        let number = try #require(try sent().last).channel
        try say(.channel(.openOk), channel: number)
        for case .answered(_, .channel(let key)) in machine.takeEvents() { return key }
        throw AMQPError.unexpectedAnswer
    }

    mutating func send(_ request: Call.Request, on key: ChannelKey, due: NIODeadline = .distantFuture) -> Call {
        let call = Call(request, on: key, due: due)
        _ = machine.send(call)
        return call
    }

    /// The outcomes so far, by the call's place in `calls`.
    mutating func outcomes(of calls: [Call]) -> [Int: String] {
        var outcomes: [Int: String] = [:]
        for case .settled(let settled) in machine.takeEvents() {
            guard let place = calls.firstIndex(where: { $0 === settled.call }) else { continue }
            outcomes[place + settled.index] = settled.outcome.word
        }
        return outcomes
    }
}

extension ConnectionMethod {
    static func start(_ mechanisms: String = "AMQPLAIN PLAIN", minor: UInt8 = 9) -> ConnectionMethod {
        .start(
            major: 0, minor: minor, serverProperties: ["product": "Test"], mechanisms: mechanisms, locales: "en_US")
    }
}

extension AMQPOutcome {
    /// `ok`, or the code of the error.
    var word: String {
        switch self {
        case .success: "ok"
        case .failure(let error): error.code.description
        }
    }
}
