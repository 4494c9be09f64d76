import Foundation
import Logging

/// Writes the worker's entry into the worker directory, where `inspect` reads it.
struct Heartbeat: Sendable {
    let directory: any WorkerDirectory
    let registry: Registry
    let name: String
    let options: WorkerOptions
    let queues: LiveQueues
    let startedAt: Date
    let slots: Slots
    let notice: EndNotice
    let letters: DeadLetterWatch?
    let tally: EndTally
    let time: any TimeSource
    let logger: Logger

    /// Returns when cancelled, and removes the entry before. Writes at once when the worker is asked to end.
    func run() async {
        repeat {
            let status = status
            await report { try await directory.beat(status) }
            await lookAtLetters()
            await pause(untilTold: status.stopRequestedAt == nil)
        } while !Task.isCancelled
        await report { try await directory.leave(name) }
    }

    /// Waits in child tasks, which stay on the worker's lane: tasks may hold every thread of the pool.
    private func pause(untilTold: Bool) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { _ = try? await time.sleep(for: options.heartbeat) }
            if untilTold { group.addTask { await waitUntilTold() } }
            await group.next()
            group.cancelAll()
        }
    }

    private func waitUntilTold() async {
        let told = OneShot<Void>()
        notice.observe { told.resolve(()) }
        await withTaskCancellationHandler {
            await told.value
        } onCancel: {
            told.resolve(())
        }
    }

    private func lookAtLetters() async {
        do { try await letters?.look() } catch {
            logger.debug("dead letters could not be counted", metadata: ["error": "\(error)"])
        }
    }

    private func report(_ write: () async throws -> Void) async {
        do { try await write() } catch {
            logger.warning("heartbeat could not be written", metadata: ["error": "\(error)"])
        }
    }

    private var status: WorkerStatus {
        let now = time.now
        let done = tally.statistics
        var status = WorkerStatus(
            name: name, host: ThisProcess.host, pid: ThisProcess.pid,
            startedAt: startedAt, lastBeat: now, expires: now.adding(options.heartbeat * 3)
        )
        status.stopRequestedAt = notice.date
        (status.kind, status.version) = (.swift, SoftwareInfo.version)
        (status.cpuSeconds, status.residentBytes) = (ThisProcess.cpuSeconds, ThisProcess.residentBytes)
        status.queues = queues.names.map(\.rawValue)
        status.concurrency = slots.capacity
        status.processed = done.processed
        status.failed = done.failed + done.parked
        status.tasks = registry.all.map(\.name.rawValue)
        status.running = slots.begun.map { attempt in
            WorkerStatus.Running(
                id: attempt.delivery.id.rawValue, task: attempt.delivery.envelope.task.rawValue,
                queue: attempt.delivery.queue.rawValue, attempt: attempt.delivery.envelope.attempt,
                startedAt: attempt.startedAt
            )
        }
        return status
    }
}
