import NIOCore

/// When a sign of life is to be sent, and when the peer is dead (AMQP 0-9-1, section 4.2.7). Any bytes are a sign.
struct Heartbeat: Sendable {
    enum Verdict: Sendable { case fine, beat, dead }

    /// `nil` for no heartbeats.
    private let interval: TimeAmount?
    private var lastSent: NIODeadline
    private var lastReceived: NIODeadline

    /// - Parameter seconds: the negotiated interval; 0 for no heartbeats.
    init(seconds: UInt16, now: NIODeadline) {
        interval = seconds == 0 ? nil : .seconds(Int64(seconds))
        (lastSent, lastReceived) = (now, now)
    }

    mutating func sent(at now: NIODeadline) { lastSent = now }
    mutating func received(at now: NIODeadline) { lastReceived = now }

    func verdict(at now: NIODeadline) -> Verdict {
        guard let deadAt, let beatAt else { return .fine }
        if deadAt <= now { return .dead }
        return beatAt <= now ? .beat : .fine
    }

    /// The time of the next look.
    var next: NIODeadline { min(deadAt ?? .distantFuture, beatAt ?? .distantFuture) }

    /// The peer is given up after two intervals of silence.
    private var deadAt: NIODeadline? { interval.map { lastReceived + $0 * 2 } }
    /// Two signs an interval, so that one may be late.
    private var beatAt: NIODeadline? { interval.map { lastSent + .nanoseconds($0.nanoseconds / 2) } }
}
