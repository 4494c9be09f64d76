import Foundation
import Synchronization

/// The connections of a client, and the calls that wait for one of them.
///
/// A call waits here until a thread with an open connection takes it. A thread that is still connecting, or that hangs
/// in name resolution, therefore delays no call that another thread could run.
final class ConnectionStock: Sendable {
    /// What a thread does next.
    enum Turn {
        case take(PendingCall)
        case connect
        /// Wait until it is woken.
        case sleep
        case end
    }

    private struct State {
        var waiting = WaitingCalls()
        var threads: [ConnectionThread] = []
        /// Threads that sleep; those with an open connection at the end, the one that slept last as the very last.
        var asleep: [ConnectionThread] = []
        var openCount = 0
        var lines: [TransactionLine] = []
        /// Why the last attempt to connect failed, while calls wait.
        var failure: PostgresError?
        var info: PostgresServerInfo?
        var failsAtFirst = false
        var isClosed = false
        /// When the patrol looks for late calls.
        var patrol: ContinuousClock.Instant?
    }

    private let state = Mutex(State())
    private let connector: Connector
    private let mostConnections: Int

    init(_ connector: Connector) {
        self.connector = connector
        mostConnections = max(connector.configuration.mostConnections, 1)
    }

    var info: PostgresServerInfo? { state.withLock { $0.info } }

    func failAtFirst() { state.withLock { $0.failsAtFirst = true } }

    // MARK: Callers

    func add(_ call: PendingCall) {
        enum Next { case wake(ConnectionThread), start(ConnectionThread), nothing, refuse }
        let next: Next = state.withLock { state in
            guard !state.isClosed else { return .refuse }
            state.waiting.append(call)
            patrol(&state, at: call.due)
            if let thread = state.asleep.popLast() { return .wake(thread) }
            guard state.threads.count < mostConnections else { return .nothing }
            let thread = ConnectionThread(self, connector)
            state.threads.append(thread)
            return .start(thread)
        }
        switch next {
        case .wake(let thread): thread.wake()
        case .start(let thread): thread.start()
        case .nothing: break
        case .refuse: call.fail(.clientClosed)
        }
    }

    /// Fails all calls and ends the threads.
    func close() {
        let (calls, threads, lines) = state.withLock { state in
            state.isClosed = true
            state.asleep = []
            return (state.waiting.removeAll(), state.threads, state.lines)
        }
        for call in calls { call.fail(.clientClosed) }
        for thread in threads { thread.end() }
        for line in lines { line.end(.clientClosed) }
    }

    // MARK: Threads

    /// Decides what a thread does next. A thread that is to sleep counts as asleep from now on.
    func turn(for thread: ConnectionThread, isOpen: Bool) -> Turn {
        state.withLock { state in
            if state.isClosed { return .end }
            if state.waiting.isEmpty {
                state.asleep.insert(thread, at: isOpen ? state.asleep.count : 0)
                state.failure = nil
                return .sleep
            }
            guard isOpen else { return .connect }
            return state.waiting.removeFirst().map(Turn.take) ?? .sleep
        }
    }

    /// Lets a sleeping thread end, if there is another connection. Neither it nor its connection count from now on.
    func retire(_ thread: ConnectionThread) -> Bool {
        state.withLock { state in
            // A thread that is not on the list is about to be woken.
            guard state.openCount > 1, let place = state.asleep.firstIndex(where: { $0 === thread }) else {
                return false
            }
            state.asleep.remove(at: place)
            state.threads.removeAll { $0 === thread }
            state.openCount -= 1
            return true
        }
    }

    /// Wakes another thread for a call, since the one that was woken for it must connect first.
    func passOn() {
        let thread = state.withLock { $0.waiting.isEmpty ? nil : $0.asleep.popLast() }
        thread?.wake()
    }

    func putBack(_ call: PendingCall) {
        let isClosed = state.withLock { state in
            if !state.isClosed { state.waiting.putBack(call) }
            patrol(&state, at: call.due)
            return state.isClosed
        }
        if isClosed { call.fail(.clientClosed) }
    }

    func noteOpened(_ info: PostgresServerInfo) {
        state.withLock { state in
            state.info = info
            state.openCount += 1
            state.failure = nil
        }
    }

    func noteClosed() { state.withLock { $0.openCount -= 1 } }

    /// Fails the waiting calls if further attempts to connect are pointless.
    func noteFailure(_ error: PostgresError) {
        let calls = state.withLock { state in
            state.failure = error
            let isTold = error.isFinal || (state.failsAtFirst && state.info == nil)
            return isTold && state.openCount == 0 ? state.waiting.removeAll() : []
        }
        for call in calls { call.fail(error) }
    }

    func noteEnd(of thread: ConnectionThread) {
        state.withLock { $0.threads.removeAll { $0 === thread } }
    }

    /// - Returns: whether the client is still open.
    func noteHeld(_ line: TransactionLine) -> Bool {
        state.withLock { state in
            if !state.isClosed { state.lines.append(line) }
            return !state.isClosed
        }
    }

    func noteReleased(_ line: TransactionLine) { state.withLock { $0.lines.removeAll { $0 === line } } }
}

// MARK: The patrol

extension ConnectionStock {
    /// Looks for late calls at that time: one timer for all of them, and none while no call waits.
    private func patrol(_ state: inout State, at due: ContinuousClock.Instant) {
        guard state.patrol.map({ due < $0 }) ?? true else { return }
        state.patrol = due
        DispatchQueue.global().asyncAfter(deadline: due.dispatchTime) { [weak self] in self?.expire(due) }
    }

    private func expire(_ due: ContinuousClock.Instant) {
        let (calls, failure) = state.withLock { state in
            let calls = state.waiting.removeLate(at: .now)
            // An earlier patrol has been ordered meanwhile, and orders the next one.
            guard state.patrol == due else { return (calls, state.failure) }
            state.patrol = nil
            if let next = state.waiting.earliestDue { patrol(&state, at: next) }
            return (calls, state.failure)
        }
        for call in calls { call.fail(failure ?? .late(call.deadline, "no connection became free")) }
    }
}
