import Logging
import Synchronization

/// Sends this worker's events, without holding anybody up: what happens while one batch is on its way makes the next.
///
/// Those about tasks are sent only where somebody wants them: with ``WorkerOptions/sendsTaskEvents``, or once remote
/// control has enabled them. Where nobody can take events the oldest are dropped.
final class EventDispatcher: Sendable {
    private struct State {
        var waiting: [MonitorEvent] = []
        var isFinished = false
        var isDropping = false
        var waiter: CheckedContinuation<Void, Never>?
        var pause: Task<Void, any Error>?

        /// - Returns: whether events are dropped that were not before.
        mutating func trim(to capacity: Int) -> Bool {
            guard waiting.count > capacity else { return false }
            // A tenth at a time, so that a full buffer is not moved for each event.
            waiting.removeFirst(waiting.count - capacity + capacity / 10)
            defer { isDropping = true }
            return !isDropping
        }
    }

    /// The most events that wait to be sent.
    private static let capacity = 10_000
    /// The most that are sent together.
    private static let batch = 500

    private let app: TaskApp
    private let channel: any EventChannel
    private let node: String
    /// Whether all events are wanted for good, so that control cannot change it.
    private let sendsAll: Bool
    private let state = Guarded(State())
    private let taskEvents: Atomic<Bool>

    init(app: TaskApp, channel: any EventChannel, node: String, sendsAll: Bool) {
        self.app = app
        self.channel = channel
        self.node = node
        self.sendsAll = sendsAll
        taskEvents = Atomic(sendsAll)
    }

    var wantsTasks: Bool { taskEvents.load(ordering: .relaxed) }

    /// - Returns: whether that changed anything.
    func enableTasks() -> Bool { !sendsAll && !taskEvents.exchange(true, ordering: .relaxed) }

    /// - Returns: whether that changed anything.
    func disableTasks() -> Bool { !sendsAll && taskEvents.exchange(false, ordering: .relaxed) }

    // MARK: In

    func send(_ kind: MonitorEvent.Kind, _ fields: JSONObject) {
        send([TaskNotice(kind: kind, fields: fields)])
    }

    /// Returns at once; they are sent in this order.
    func send(_ notices: [TaskNotice]) {
        guard !notices.isEmpty else { return }
        let now = app.time.now
        let (waiter, hasBegunToDrop) = state.withLock { state in
            for notice in notices {
                state.waiting.append(
                    MonitorEvent(
                        notice.kind, from: node, pid: Int(ThisProcess.pid), clock: app.clock.forward(), at: now,
                        fields: notice.fields
                    )
                )
            }
            return (state.waiter.take(), state.trim(to: Self.capacity))
        }
        waiter?.resume()
        if hasBegunToDrop { warn() }
    }

    // MARK: Out

    /// Sends until ``finish()``, and what was there by then.
    func run() async {
        var pauses = Pauses()
        while let events = await next() {
            do {
                try await channel.emit(events)
                pauses = Pauses()
                state.withLock { $0.isDropping = false }
            } catch {
                app.logger.debug("events could not be sent", metadata: ["error": "\(error)"])
                putBack(events)
                await wait(pauses.next())
            }
        }
    }

    /// Lets ``run()`` return once it has tried to send what waits.
    func finish() {
        let (waiter, pause) = state.withLock { state in
            state.isFinished = true
            return (state.waiter.take(), state.pause)
        }
        waiter?.resume()
        pause?.cancel()
    }

    private func next() async -> [MonitorEvent]? {
        while true {
            let (events, isFinished) = state.withLock { state in
                let events = Array(state.waiting.prefix(Self.batch))
                state.waiting.removeFirst(events.count)
                return (events, state.isFinished)
            }
            if !events.isEmpty { return events }
            if isFinished { return nil }
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state in
                    if !state.waiting.isEmpty || state.isFinished { return true }
                    state.waiter = continuation
                    return false
                }
                if isReady { continuation.resume() }
            }
        }
    }

    /// Not at the end: then nothing is tried twice.
    private func putBack(_ events: [MonitorEvent]) {
        let hasBegunToDrop = state.withLock { state in
            guard !state.isFinished else {
                state.waiting = []
                return false
            }
            state.waiting.insert(contentsOf: events, at: 0)
            return state.trim(to: Self.capacity)
        }
        if hasBegunToDrop { warn() }
    }

    /// Unstructured, so that the end can cut the pause short without cutting off what is sent.
    private func wait(_ duration: Duration) async {
        let pause = Task { [time = app.time] in try await time.sleep(for: duration) }
        let isFinished = state.withLock { state in
            state.pause = pause
            return state.isFinished
        }
        if isFinished { pause.cancel() }
        _ = await pause.result
        state.withLock { $0.pause = nil }
    }

    private func warn() {
        app.logger.warning(
            "events are dropped, the oldest first: \(Self.capacity) wait and nobody takes them",
            metadata: ["worker": "\(node)"]
        )
    }
}
