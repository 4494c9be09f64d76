import NIOCore

/// The state of one connection, without I/O: from the protocol header over the login to the end.
///
/// The caller feeds received bytes and requests, then writes ``output`` and carries out its events. Time comes in as an
/// argument.
struct ConnectionMachine {
    enum Phase {
        /// The protocol header is sent; the server must answer with `connection.start`.
        case greeting
        /// `start-ok` is sent; the server may ask for more, then tunes.
        case loggingIn
        /// `tune-ok` and `open` are sent.
        case opening
        case open
        /// `close` is sent; all but its answer is ignored.
        case closing
        case ended(AMQPError)
    }

    let configuration: AMQPConfiguration
    let window: PublishWindow
    var phase = Phase.greeting
    var output: Output
    var negotiated: Negotiated
    /// Why the server accepts no messages; `nil` if it does.
    var blockedReason: String?
    /// By number. The place of number 0 is never used.
    var channels: [ChannelMachine?] = [nil]
    var generation: UInt64 = 0
    var heartbeat: Heartbeat
    /// Whether reading is paused, so that silence means nothing.
    var isPaused = false
    var earliestDue = NIODeadline.distantFuture
    private var reader: FrameReader

    init(_ configuration: AMQPConfiguration, now: NIODeadline) {
        self.configuration = configuration
        window = PublishWindow(configuration)
        let limit = max(configuration.largestFrame, Frame.smallestLimit)
        reader = FrameReader(limit: limit)
        output = Output(limit: limit)
        output.bytes.writeBytes(Frame.protocolHeader)
        heartbeat = Heartbeat(seconds: 0, now: now)
        negotiated = Negotiated(serverProperties: [:], channelMax: 0, frameMax: limit, heartbeat: 0)
    }

    var error: AMQPError? { if case .ended(let error) = phase { error } else { nil } }

    /// The bytes of incomplete frames.
    var held: Int { reader.held }

    /// Takes received bytes. Bytes that break the protocol end the connection.
    mutating func received(_ bytes: ByteBuffer, at now: NIODeadline) {
        guard error == nil else { return }
        heartbeat.received(at: now)
        reader.feed(bytes)
        do throws(AMQPViolation) {
            while error == nil, let frame = try reader.next() { try take(frame, at: now) }
        } catch {
            violated(error)
        }
    }

    /// Takes what is to be written.
    mutating func takeBytes(at now: NIODeadline) -> ByteBuffer? {
        guard output.bytes.readableBytes > 0 else { return nil }
        heartbeat.sent(at: now)
        defer { output.bytes = ByteBuffer() }
        return output.bytes
    }

    mutating func takeEvents() -> [Event] {
        defer { output.events = [] }
        return output.events
    }

    /// Obeys what both sides agreed on.
    mutating func tune(_ tuning: Negotiated, at now: NIODeadline) {
        negotiated = tuning
        output.limit = tuning.frameMax
        reader.limit = tuning.frameMax
        heartbeat = Heartbeat(seconds: tuning.heartbeat, now: now)
    }

    private mutating func take(_ frame: Frame, at now: NIODeadline) throws(AMQPViolation) {
        switch frame.kind {
        case .heartbeat:
            guard frame.channel == 0 else { throw .unexpectedFrame("a heartbeat of a channel") }
        case .method where frame.channel == 0:
            try takeMethod(try Method(from: frame.payload), at: now)
        case .method, .header, .body:
            if case .closing = phase { return }
            guard case .open = phase else { throw .unopenedChannel(frame.channel) }
            try takeChannelFrame(frame)
        }
    }

    private mutating func takeChannelFrame(_ frame: Frame) throws(AMQPViolation) {
        let index = Int(frame.channel)
        guard index > 0, index < channels.count, channels[index] != nil else {
            throw .unopenedChannel(frame.channel)
        }
        switch frame.kind {
        case .header: try channels[index]?.received(header: frame.payload, &output)
        case .body: try channels[index]?.received(body: frame.payload, &output)
        case .method, .heartbeat:
            let method = try Method(from: frame.payload)
            if try channels[index]?.received(method, &output) == false { channels[index] = nil }
        }
    }
}
