import Logging
import NIOCore
import Synchronization

/// The connection that the commands of all callers share; it is made when needed, and made again after it is lost.
///
/// Calls are appended to a queue under a lock. The first of them wakes the event loop, which then takes all calls that
/// have gathered and writes them in one flush. A lone call need not wake it, see ``DirectLine``.
final class Link: Sendable {
    private let connector: Connector
    private let state = Mutex(LinkState())
    /// The time at which waiting calls are checked next.
    private let nextLook = Mutex(NIODeadline.distantFuture)
    private let connecting = Mutex<Task<Void, Never>?>(nil)
    private var loop: any EventLoop { connector.loop }

    init(_ connector: Connector) {
        self.connector = connector
    }

    func answer(to payload: Call.Payload, due: NIODeadline, isShielded: Bool) async throws -> Call.Answer {
        try await Call(payload, due: due).answer(isShielded: isShielded, submit)
    }

    func close() {
        for call in state.withLock({ $0.close() }) { call.finish(.failure(RESPError.clientClosed)) }
        connecting.withLock { $0 }?.cancel()
    }

    private func submit(_ call: Call) {
        if isCarriedOut(call) { return }
        let (step, isConnected) = state.withLock { state in
            let step = state.enqueue(call)
            guard case .connected = state.phase else { return (step, false) }
            return (step, true)
        }
        if case .refuse = step { return call.finish(.failure(RESPError.clientClosed)) }
        if !isConnected { watch(call.due) }
        carryOut(step)
    }

    private func carryOut(_ step: LinkState.Step) {
        switch step {
        case .nothing, .refuse: break
        case .wake(let connection): connection.run { [self] in drain(into: $0, connection) }
        case .connect:
            // A task of its own, because the connection serves all callers and outlives each of them; `close()` cancels
            // it. It runs off the pool, whose threads user code may hold: renewing a lease needs the connection.
            let task = Task(executorPreference: connector.executor) { await self.connect() }
            connecting.withLock { $0 = task }
        }
    }

    private func drain(into handler: ConnectionHandler, _ connection: RESPConnection) {
        // If the handler is closed, the calls stay in the queue for the next connection. While a caller uses the socket, they
        // stay until it is done.
        guard handler.isOpen, handler.takeSocket() else { return }
        handler.write(state.withLock { $0.takeWaiting(for: connection) })
    }

    /// Carries out a lone call over the socket, in its caller's thread, if that is free.
    private func isCarriedOut(_ call: Call) -> Bool {
        guard let connection = state.withLock({ $0.connectionForLoneCall }), let line = connection.line,
            call.size <= DirectLine.largestCall, !loop.inEventLoop, line.begin()
        else { return false }
        guard call.claimForWriting() else {
            leave(line, of: connection)
            return true
        }
        switch line.carryOut(call) {
        case .answered(let answer) where call.misdirection(in: answer) == nil:
            leave(line, of: connection)
            call.finish(.success(answer))
        case .answered(let answer):
            connection.run { [self] handler in
                handler.deliver(answer, to: call)
                drain(into: handler, connection)
            }
        case .unfinished(let rest):
            connection.run { [self] handler in
                handler.takeOver(rest)
                drain(into: handler, connection)
            }
        }
        return true
    }

    private func leave(_ line: DirectLine, of connection: RESPConnection) {
        if line.end() { connection.run { [self] handler in drain(into: handler, connection) } }
    }

    private func connect() async {
        var isFirstTry = true
        while let pause = state.withLock({ $0.pauseBeforeConnecting() }) {
            do {
                try await Pause.sleep(pause)
                return adopt(try await connector.connect(for: .commands))
            } catch is CancellationError {
                return
            } catch {
                let isPatient = connector.patience.isPatient
                connector.logger.log(
                    level: isFirstTry && isPatient ? .warning : .debug, "not connected",
                    metadata: ["reason": "\(error)"])
                isFirstTry = false
                for call in state.withLock({ $0.connectingFailed(error, isFinal: !isPatient) }) {
                    call.finish(.failure(error))
                }
            }
        }
    }

    private func adopt(_ connection: RESPConnection) {
        connection.run { [self] handler in
            guard state.withLock({ $0.connected(connection, at: .now()) }) else {
                return handler.close(.clientClosed)
            }
            guard handler.isOpen else { return lost(connection) }
            handler.onMisdirection = { [self] calls in lost(connection, returning: calls) }
            handler.onEnd = { [self] in lost(connection) }
            drain(into: handler, connection)
        }
    }

    private func lost(_ connection: RESPConnection, returning calls: [Call] = []) {
        let (step, due) = state.withLock { state in
            let step = state.lost(connection, returning: calls, at: .now())
            return (step, state.waiting.lazy.map(\.due).min())
        }
        if case .refuse = step { return calls.forEach { $0.finish(.failure(RESPError.clientClosed)) } }
        // Includes calls that were submitted while it was connected, and that it has not written.
        if let due { watch(due) }
        carryOut(step)
    }

    /// Schedules a check at `due` for calls that are overdue and not written.
    private func watch(_ due: NIODeadline) {
        let isNeeded = nextLook.withLock { next in
            guard due < next else { return false }
            next = due
            return true
        }
        guard isNeeded else { return }
        loop.scheduleTask(deadline: due) { [self] in
            nextLook.withLock { $0 = .distantFuture }
            let (expired, next, reason) = state.withLock { state in
                let (expired, next) = state.expire(at: .now())
                return (expired, next, state.lastFailure)
            }
            for call in expired { call.expire("no connection in time: \(reason)") }
            if let next { watch(next) }
        }
    }
}
