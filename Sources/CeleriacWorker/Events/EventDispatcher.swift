import Logging
import Synchronization

/// Sends this worker's events without delaying anybody: events that happen while one batch is being sent form the next.
///
/// Events about tasks are sent only if they were requested: with ``WorkerOptions/sendsTaskEvents``, or once remote
/// control has enabled them. If no events can be sent, the oldest are dropped.
final class EventDispatcher: Sendable {
    /// The maximum number of events that wait to be sent.
    private static let capacity = 10_000
    /// The maximum number of events that are sent together.
    private static let batch = 500

    private let app: TaskApp
    private let channel: any EventChannel
    private let node: String
    /// Whether all events are sent permanently, so that control cannot change it.
    private let sendsAll: Bool
    private let waiting = Mailbox<MonitorEvent>()
    /// Whether events have been dropped since the last batch was sent.
    private let isDropping = Atomic(false)
    /// The pause after a failure, which ``finish()`` cuts short.
    private let pause = Guarded<Task<Void, any Error>?>(nil)
    private let taskEvents: Atomic<Bool>

    init(app: TaskApp, channel: any EventChannel, node: String, sendsAll: Bool) {
        self.app = app
        self.channel = channel
        self.node = node
        self.sendsAll = sendsAll
        taskEvents = Atomic(sendsAll)
    }

    var wantsTasks: Bool { taskEvents.load(ordering: .relaxed) }

    /// - Returns: whether this changed anything.
    func enableTasks() -> Bool { !sendsAll && !taskEvents.exchange(true, ordering: .relaxed) }

    /// - Returns: whether this changed anything.
    func disableTasks() -> Bool { !sendsAll && taskEvents.exchange(false, ordering: .relaxed) }

    // MARK: In

    func send(_ kind: MonitorEvent.Kind, _ fields: JSONObject) {
        send([TaskNotice(kind: kind, fields: fields)])
    }

    /// Returns at once; the events are sent in this order.
    func send(_ notices: [TaskNotice]) {
        guard !notices.isEmpty else { return }
        let now = app.time.now
        let hasBegunToDrop = waiting.change { waiting, _ in
            for notice in notices {
                waiting.append(
                    MonitorEvent(
                        notice.kind, from: node, pid: Int(ThisProcess.pid), clock: app.clock.forward(), at: now,
                        fields: notice.fields
                    )
                )
            }
            return trim(&waiting)
        }
        if hasBegunToDrop == true { warn() }
    }

    /// - Returns: whether events are dropped now, and none were dropped before.
    private func trim(_ waiting: inout [MonitorEvent]) -> Bool {
        guard waiting.count > Self.capacity else { return false }
        // Drops a tenth at a time, so that a full buffer is not moved for each event.
        waiting.removeFirst(waiting.count - Self.capacity + Self.capacity / 10)
        return !isDropping.exchange(true, ordering: .relaxed)
    }

    // MARK: Out

    /// Sends events until ``finish()``, including those that were waiting by then.
    func run() async {
        var pauses = Pauses()
        while let events = await waiting.next(upTo: Self.batch) {
            do {
                try await channel.emit(events)
                pauses = Pauses()
                isDropping.store(false, ordering: .relaxed)
            } catch {
                app.logger.debug("events could not be sent", metadata: ["error": "\(error)"])
                putBack(events)
                await wait(pauses.next())
            }
        }
    }

    /// Lets ``run()`` return once it has tried to send the waiting events.
    func finish() {
        waiting.finish()
        pause.withLock { $0 }?.cancel()
    }

    /// After ``finish()`` the events are dropped instead: nothing is tried twice then.
    private func putBack(_ events: [MonitorEvent]) {
        let hasBegunToDrop = waiting.change { waiting, isFinished in
            waiting = isFinished ? [] : events + waiting
            return trim(&waiting)
        }
        if hasBegunToDrop == true { warn() }
    }

    /// Sleeps in a task that ``finish()`` can cancel without interrupting a send.
    private func wait(_ duration: Duration) async {
        let sleep = Task { [time = app.time] in try await time.sleep(for: duration) }
        pause.withLock { $0 = sleep }
        if waiting.isFinished { sleep.cancel() }
        _ = await sleep.result
        pause.withLock { $0 = nil }
    }

    private func warn() {
        app.logger.warning(
            "the oldest events are dropped: \(Self.capacity) wait and cannot be sent",
            metadata: ["worker": "\(node)"]
        )
    }
}
