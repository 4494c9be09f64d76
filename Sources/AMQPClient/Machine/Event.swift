import NIOCore

/// An action that a machine requests after it has received bytes.
enum Event {
    /// The handshake is done.
    case opened(Negotiated)
    case answered(Call, Call.Answer)
    /// A publish has its outcome.
    case settled(Confirms.Settled)
    case failed(Call, AMQPError)
    case delivered(Mailbox, AMQPDelivery)
    /// No further deliveries come for this mailbox; `nil` for an orderly end.
    case consumerEnded(Mailbox, AMQPError?)
    case channelEnded(ChannelKey, AMQPError)
    /// The server accepts no messages for this reason; `nil` if it accepts them again.
    case blocked(String?)
    /// The connection is over; the transport is to be closed once the output is written.
    case ended(AMQPError)
}

/// The limits that both sides agreed on, and the properties that the server announced.
struct Negotiated: Sendable, Hashable {
    var serverProperties: AMQPTable
    var channelMax: UInt16
    var frameMax: Int
    /// Seconds; 0 for none.
    var heartbeat: UInt16
}

/// The bytes to write and the events to carry out, in their order, which the machines gather.
struct Output {
    var bytes = ByteBuffer()
    var events: [Event] = []
    /// The most bytes of a frame.
    var limit: Int

    /// Requests are encoded until so many bytes have gathered; then these are handed to the transport, which may be full.
    static let largestWrite = 256 << 10

    mutating func write(_ method: Method, channel: UInt16) throws(AMQPViolation) {
        try bytes.write(method, channel: channel, limit: limit)
    }
}
