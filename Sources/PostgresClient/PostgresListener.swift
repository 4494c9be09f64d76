import Foundation
public import Logging
import Synchronization

/// A connection of its own that hears NOTIFY. It reconnects by itself, with pauses from 50 ms to 5 s.
public final class PostgresListener: Sendable {
    public enum State: Sendable {
        /// The server has confirmed these channels: at first, after each change of the channels, and after each
        /// reconnection. Notifications that were sent before are lost.
        case listening(Set<String>)
        /// The connection could not be opened, or is lost. The listener tries again.
        case away(PostgresError)
        /// A notification to itself did not arrive within a second: a pooler in transaction mode stands between. The
        /// listener tries again each minute.
        case deaf
    }

    private struct Wishes {
        var channels: Set<String> = []
        var isStarted = false
        var isClosed = false
    }

    private let wishes = Mutex(Wishes())
    private let alarm = Alarm()
    private let connector: Connector
    private let onChange: @Sendable (State) -> Void
    private let onNotification: @Sendable (_ channel: String, _ payload: String) -> Void

    /// - Parameters:
    ///   - onChange: called on the listener's thread, like `onNotification`, one call at a time; must not block.
    public init(
        _ configuration: PostgresConfiguration, logger: Logger = Logger(label: "postgres-listener"),
        onChange: @escaping @Sendable (State) -> Void,
        onNotification: @escaping @Sendable (_ channel: String, _ payload: String) -> Void
    ) {
        connector = Connector(configuration, logger)
        self.onChange = onChange
        self.onNotification = onNotification
    }

    deinit { close() }

    /// Sets the channels from now on. May be called at any time, from any thread. The first call with a channel starts
    /// the connection.
    ///
    /// - Parameter channels: names of 1 to 63 bytes without NUL; others are ignored, as PostgreSQL knows none of them.
    public func listen(to channels: Set<String>) {
        let isFirst = wishes.withLock { wishes in
            wishes.channels = channels.filter(ListenerSession.isName)
            guard !wishes.isStarted, !wishes.isClosed, !wishes.channels.isEmpty else { return false }
            wishes.isStarted = true
            return true
        }
        if isFirst { start() } else { alarm.ring() }
    }

    /// Closes the connection without waiting for it. Idempotent. A call of the closures that has begun may still end.
    public func close() {
        wishes.withLock { $0.isClosed = true }
        alarm.end()
    }

    /// The thread does not retain this object, so that a listener ends with its last reference.
    private func start() {
        let session = ListenerSession(
            connector, alarm, onChange: onChange, onNotification: onNotification
        ) { [weak self] in
            self?.wishes.withLock { $0.channels } ?? []
        }
        let thread = Thread { session.run() }
        thread.name = "postgres.listener"
        thread.start()
    }
}
