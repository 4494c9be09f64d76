import NIOCore

/// What the shared connection is doing, and which calls wait for it. Pure: says what to do, does nothing.
struct LinkState {
    enum Phase {
        /// No connection, and nobody who needs one.
        case idle
        case connecting
        case connected(RESPConnection)
        case closed
    }

    enum Step {
        case nothing
        /// The connection must be told that calls wait.
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

    /// A connection that lived so long was sound: after it the pauses begin anew.
    private static let sound = Backoff.longest.amount

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

    /// All that wait, to be written to this connection; none if it is the connection no more.
    mutating func takeWaiting(for connection: RESPConnection) -> [Call] {
        guard case .connected(connection) = phase else { return [] }
        isWoken = false
        defer { waiting = [] }
        return waiting
    }

    /// The pause before the next try; `nil` if nobody waits any more.
    mutating func pauseBeforeConnecting() -> Duration? {
        guard case .connecting = phase else { return nil }
        waiting.removeAll(where: \.isFinished)
        guard waiting.isEmpty else { return backoff.next() }
        phase = .idle
        return nil
    }

    /// False if the client was closed meanwhile.
    mutating func connected(_ connection: RESPConnection, at now: NIODeadline) -> Bool {
        guard case .connecting = phase else { return false }
        phase = .connected(connection)
        connectedAt = now
        isWoken = false
        return true
    }

    /// The calls that fail now, because trying again is pointless.
    mutating func connectingFailed(_ error: any Error) -> [Call] {
        lastFailure = (error as? RESPError)?.message ?? "\(error)"
        guard (error as? RESPError)?.isTransient != true else { return [] }
        defer { waiting = [] }
        return waiting
    }

    /// The connection is gone, or of no more use; `calls` were not carried out.
    mutating func lost(_ connection: RESPConnection, returning calls: [Call] = [], at now: NIODeadline) -> Step {
        if case .closed = phase { return .refuse }
        waiting.insert(contentsOf: calls, at: 0)
        if case .connected(connection) = phase {
            if let connectedAt, now - connectedAt > Self.sound { backoff.reset() }
            phase = .idle
        }
        return waiting.isEmpty ? .nothing : stepForWaiting()
    }

    /// The calls whose time is up, and when to look again.
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
    /// So that `case .connected(connection)` asks for identity.
    static func ~= (one: RESPConnection, other: RESPConnection) -> Bool { one === other }
}
