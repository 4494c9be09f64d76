import CPostgres
import Foundation

/// The thread of a listener: connects, listens, and passes notifications on, until its alarm ends.
final class ListenerSession: Sendable {
    private let connector: Connector
    private let alarm: Alarm
    private let onChange: @Sendable (PostgresListener.State) -> Void
    private let onNotification: @Sendable (String, String) -> Void
    private let channels: @Sendable () -> Set<String>
    /// The channel of notifications to itself. One for all trials, as a pooled connection goes on listening to it.
    private let trial = quoted("celeriac_trial_\(UInt64.random(in: 0 ... .max))")

    /// How long a notification to itself may take.
    private static let patience = Duration.seconds(1)
    /// The pause before the next attempt behind a pooler that passes no notifications.
    private static let deafness = Duration.seconds(60)
    /// How long the connection may be silent before the server is asked for an answer.
    private static let silence = Duration.seconds(30)

    /// - Parameter channels: the channels that are wanted now.
    init(
        _ connector: Connector, _ alarm: Alarm, onChange: @escaping @Sendable (PostgresListener.State) -> Void,
        onNotification: @escaping @Sendable (String, String) -> Void,
        channels: @escaping @Sendable () -> Set<String>
    ) {
        self.connector = connector
        self.alarm = alarm
        self.onChange = onChange
        self.onNotification = onNotification
        self.channels = channels
    }

    private static let longestName = 63

    static func isName(_ channel: String) -> Bool {
        (1...longestName).contains(channel.utf8.count) && !channel.utf8.contains(0)
    }

    func run() {
        var backoff = Backoff.calm
        while !alarm.isOver {
            do throws(PostgresError) {
                try listen(&backoff)
                onChange(.deaf)
                pause(Self.deafness)
            } catch {
                guard !alarm.isOver else { return }
                onChange(.away(error))
                pause(backoff.next())
            }
        }
    }

    private func pause(_ duration: Duration) {
        let due = Due.after(duration)
        while alarm.wait(for: -1, until: due) == .rung { alarm.quieten() }
    }

    /// Returns if notifications do not arrive over this connection.
    private func listen(_ backoff: inout Backoff) throws(PostgresError) {
        let link = try connector.open(alarm, until: Due.after(connector.configuration.connectTimeout))
        guard try hears(link) else { return }
        var confirmed: Set<String>?
        while true {
            alarm.quieten()
            let wanted = channels()
            if wanted != confirmed {
                try execute(Self.change(from: confirmed ?? [], to: wanted), over: link)
                confirmed = wanted
                backoff.reset()
                onChange(.listening(wanted))
            }
            handOn(from: link)
            try waitForMore(link)
        }
    }

    private func waitForMore(_ link: ServerLink) throws(PostgresError) {
        switch alarm.wait(for: PQsocket(link.handle), until: Due.after(Self.silence)) {
        case .over: throw .clientClosed
        case .rung: break
        case .ready: guard PQconsumeInput(link.handle) == 1 else { throw link.lost }
        case .late: try execute("", over: link)
        }
    }

    private func handOn(from link: ServerLink) {
        while let (channel, payload) = link.nextNotification() { onNotification(channel, payload) }
    }

    private func execute(_ sql: String, over link: ServerLink) throws(PostgresError) {
        _ = try link.rows(of: sql, until: Due.after(connector.configuration.deadline))
    }

    private static func change(from old: Set<String>, to new: Set<String>) -> String {
        let added = new.subtracting(old).sorted().map { "LISTEN \(quoted($0));" }
        let removed = old.subtracting(new).sorted().map { "UNLISTEN \(quoted($0));" }
        return (added + removed).joined()
    }

    private static func quoted(_ channel: String) -> String {
        "\"\(channel.replacing("\"", with: "\"\""))\""
    }
}

// MARK: Poolers

extension ListenerSession {
    /// Whether notifications arrive over this connection.
    ///
    /// They do if the process that answers is the one of the login. Otherwise a pooler stands between, and a trial
    /// decides. A second connection sends the notification: a pooler in transaction mode may well pass on those that
    /// this connection sends itself.
    private func hears(_ link: ServerLink) throws(PostgresError) -> Bool {
        let due = Due.after(connector.configuration.deadline)
        let processID = try link.rows(of: "select pg_catalog.pg_backend_pid()::pg_catalog.text", until: due)
        if try processID?.first?.text(0) == String(PQbackendPID(link.handle)) { return true }
        try execute("LISTEN \(trial)", over: link)
        try execute("NOTIFY \(trial)", over: connector.open(alarm, until: due))
        guard try hasNotification(link) else { return false }
        try execute("UNLISTEN \(trial)", over: link)
        return true
    }

    private func hasNotification(_ link: ServerLink) throws(PostgresError) -> Bool {
        let due = Due.after(Self.patience)
        while link.nextNotification() == nil {
            do {
                try link.receive(until: due)
            } catch {
                guard error.kind == .deadlineExceeded else { throw error }
                return false
            }
        }
        return true
    }
}

extension ServerLink {
    /// Runs a text of statements without parameters, outside of pipeline mode.
    ///
    /// - Returns: the rows of the last one, in text format.
    fileprivate func rows(of sql: String, until due: ContinuousClock.Instant) throws(PostgresError) -> PostgresRows? {
        guard PQsendQuery(handle, sql) == 1 else { throw lost }
        var rows: PostgresRows?
        var failure: PostgresError?
        while let result = try nextResult(until: due) {
            if result.status == PGRES_FATAL_ERROR { failure = failure ?? .from(result, over: self) }
            rows = PostgresRows(result)
        }
        if let failure { throw failure }
        return rows
    }

    /// Takes a notification out of what was received.
    fileprivate func nextNotification() -> (channel: String, payload: String)? {
        _ = PQisBusy(handle)  // parses what was received
        guard let notification = PQnotifies(handle) else { return nil }
        defer { PQfreemem(notification) }
        return (String(cString: notification.pointee.relname), String(cString: notification.pointee.extra))
    }
}
