import CeleriacPool
import Logging
import Synchronization

/// The end of the worker: running tasks may finish, are cancelled, or are abandoned, depending on the urgency.
extension WorkerSession {
    /// Ends all running tasks now, without grace: each of these calls fails, and is retried if it has retries left. In
    /// this process nothing can be killed, so they are cancelled.
    func killRunning() {
        for attempt in slots.held where attempt.startedAt != nil { attempt.cancel(because: .killed) }
    }

    /// Lets the worker end before it takes a task.
    func refuse(_ error: BrokerError) {
        stopping.withLock { $0.refusal = error }
        listening.open()
    }

    /// Lets the worker end once no task has run, and none has arrived, for this long.
    func endWhenIdle(for limit: Duration) async {
        while true {
            let deadline = (slots.idleSince ?? app.time.uptime) + limit
            guard deadline > app.time.uptime else { break }
            guard (try? await app.time.sleep(untilUptime: deadline)) != nil else { return }
        }
        app.logger.info("no task has arrived for \(limit), the worker stops", metadata: ["worker": "\(name)"])
        stopping.withLock { stopping in
            stopping.isIdle = true
            return stopping.intake
        }?.cancel()
    }

    func drain() async {
        await hooks.tell(.stopping(running: slots.begunCount))
        await finish(within: options.shutdownLimit, unlessHurriedPast: .warm)
        let left = slots.held
        guard !left.isEmpty else { return }
        app.logger.warning("\(left.count) tasks are cancelled and released", metadata: ["worker": "\(name)"])
        for attempt in left { attempt.cancel(because: .shutdown) }
        await finish(within: options.cancellationGrace, unlessHurriedPast: .soft)
    }

    /// Ends the pool. Tasks that end with it are given back before the worker leaves.
    func endPool() async {
        await pool.stop()
        if !pool.tasksCanOutliveIt { await finish(within: .seconds(1), unlessHurriedPast: .cold) }
        guard !slots.isIdle else { return }
        app.logger.error("\(slots.held.count) tasks have not ended and are abandoned", metadata: ["worker": "\(name)"])
    }

    /// Waits until no task runs, the limit is over, or the end has become more urgent than this.
    private func finish(within limit: Duration, unlessHurriedPast urgency: Worker.Urgency) async {
        guard !slots.isIdle else { return }
        let deadline = app.time.uptime + limit
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.slots.waitUntilIdle() }
            group.addTask { [time = app.time] in _ = try? await time.sleep(untilUptime: deadline) }
            group.addTask { await self.waitForHurry(past: urgency) }
            await group.next()
            group.cancelAll()
        }
    }

    private func waitForHurry(past urgency: Worker.Urgency) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = stopping.withLock { stopping in
                    if Task.isCancelled || stopping.urgency.map({ $0 > urgency }) == true { return true }
                    stopping.hurry = (urgency, continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            stopping.withLock { $0.hurry.take() }?.continuation.resume()
        }
    }
}
