import AMQPClient
import CeleriacCore

/// How long a listener tries again, and after which pauses. Pure.
struct Persistence: Sendable {
    /// For how long after a lost connection the server may still hold its exclusive queues: until it has missed two
    /// heartbeats.
    let grace: Duration
    private var pauses = Pauses()
    private var isListening = false
    /// When the connection was lost; `nil` as long as none was.
    private var lostAt: Duration?

    init(heartbeat: Duration) { grace = heartbeat * 2 + .seconds(5) }

    /// Notes that everything is open.
    mutating func succeeded() {
        pauses = Pauses()
        isListening = true
    }

    /// Returns the pause before the next try; `nil` if a further try is pointless.
    mutating func pause(after error: any Error, at uptime: Duration) -> Duration? {
        if isListening { lostAt = uptime }
        isListening = false
        return isWorthwhile(after: error, at: uptime) ? pauses.next() : nil
    }

    private func isWorthwhile(after error: any Error, at uptime: Duration) -> Bool {
        if let error = error as? AMQPError, error.isLocked { return lostAt.map { uptime - $0 < grace } ?? false }
        return (StoreError.translating(error) as? BrokerError)?.isTransient ?? false
    }
}

extension AMQPError {
    /// Whether another connection holds the queue.
    var isLocked: Bool { server?.isLocked == true }
}
