import NIOCore
import SocketKit

/// The state of the shared connection, and the calls that wait for it. Pure: it decides what to do, and does nothing.
struct LinkState {
    enum Phase {
        /// No connection, and no caller that needs one.
        case idle
        case connecting
        case connected(RESPConnection)
        case closed
    }

    enum Step {
        case nothing
        /// Wake the connection's event loop, because calls wait.
        case wake(RESPConnection)
        case connect
        case refuse
    }

    private(set) var phase = Phase.idle
    private(set) var waiting: [Call] = []
    private var isWoken = false
    private var backoff = Backoff()
    private var connectedAt: NIODeadline?
    private(set) var lastFailure = "not connected yet"

    /// A connection that lasted longer than this was sound: after it the pauses start from the beginning.
    private static let sound = Backoff.longest.amount

    /// The connection that a lone call may use itself: no other call waits for it.
    var connectionForLoneCall: RESPConnection? {
        guard case .connected(let connection) = phase, waiting.isEmpty else { return nil }
        return connection
    }

    mutating func enqueue(_ call: Call) -> Step {
        if case .closed = phase { return .refuse }
        waiting.append(call)
        return stepForWaiting()
    }

    private mutating func stepForWaiting() -> Step {
        switch phase {
        case .closed: return .refuse
        case .connecting: return .nothing
        case .idle:
            phase = .connecting
            return .connect
        case .connected(let connection):
            defer { isWoken = true }
            return isWoken ? .nothing : .wake(connection)
        }
    }

    /// Takes all waiting calls, to be written to this connection; empty if this is no longer the current connection.
    mutating func takeWaiting(for connection: RESPConnection) -> [Call] {
        guard case .connected(connection) = phase else { return [] }
        isWoken = false
        defer { waiting = [] }
        return waiting
    }

    /// The pause before the next attempt; `nil` if no call waits any longer.
    mutating func pauseBeforeConnecting() -> Duration? {
        guard case .connecting = phase else { return nil }
        waiting.removeAll(where: \.isFinished)
        guard waiting.isEmpty else { return backoff.next() }
        phase = .idle
        return nil
    }

    /// Returns false if the client was closed meanwhile.
    mutating func connected(_ connection: RESPConnection, at now: NIODeadline) -> Bool {
        guard case .connecting = phase else { return false }
        phase = .connected(connection)
        connectedAt = now
        isWoken = false
        return true
    }

    /// Returns the calls that fail now: all, if a further attempt would be pointless.
    ///
    /// - Parameter isFinal: whether the client does not wait for a server that cannot be reached.
    mutating func connectingFailed(_ error: any Error, isFinal: Bool = false) -> [Call] {
        lastFailure = (error as? RESPError)?.message ?? "\(error)"
        guard isFinal || (error as? RESPError)?.isTransient != true else { return [] }
        defer { waiting = [] }
        return waiting
    }

    /// Records that the connection is lost or unusable; `calls` were not carried out and wait again.
    mutating func lost(_ connection: RESPConnection, returning calls: [Call] = [], at now: NIODeadline) -> Step {
        if case .closed = phase { return .refuse }
        waiting.insert(contentsOf: calls, at: 0)
        if case .connected(connection) = phase {
            if let connectedAt, now - connectedAt > Self.sound { backoff.reset() }
            phase = .idle
        }
        return waiting.isEmpty ? .nothing : stepForWaiting()
    }

    /// Removes the calls whose deadline has passed; returns them, and the time of the next check.
    mutating func expire(at now: NIODeadline) -> (expired: [Call], next: NIODeadline?) {
        let expired = waiting.filter { $0.due.isPast(now) }
        waiting.removeAll { $0.due.isPast(now) || $0.isFinished }
        return (expired, waiting.lazy.map(\.due).min())
    }

    mutating func close() -> [Call] {
        phase = .closed
        defer { waiting = [] }
        return waiting
    }
}

extension RESPConnection {
    /// Makes `case .connected(connection)` compare by identity.
    static func ~= (one: RESPConnection, other: RESPConnection) -> Bool { one === other }
}
