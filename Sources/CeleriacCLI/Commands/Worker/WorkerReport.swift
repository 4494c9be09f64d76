import Celeriac
import CeleriacCore

/// Reports on the work of the `worker` command: the progress of a burst, and the closing numbers.
struct WorkerReport: Sendable {
    let worker: Worker
    let app: TaskApp
    let queues: [QueueName]

    /// Reports the progress of a burst until it is cancelled.
    ///
    /// - Parameter isQuiet: whether no other lines are expected on standard error, so that one line can be overwritten.
    func showProgress(_ terminal: Terminal, isQuiet: Bool) async {
        await BurstProgress(report: self, terminal: terminal, overwrites: terminal.overwrites && isQuiet).run()
    }

    /// Returns one line with the numbers of attempts done and failed and of calls that still wait.
    func line() async throws -> String {
        var waiting = 0
        for queue in queues { waiting += try await app.queue(queue).count }
        let done = worker.statistics
        return
            "\(done.processed.grouped) done, \((done.failed + done.parked).grouped) failed, \(waiting.grouped) waiting"
    }

    func close(after time: Duration, json: Bool, _ terminal: Terminal) {
        let done = worker.statistics
        if json { return terminal.show(document(done, time)) }
        let rate = time > .zero ? Int(Double(done.processed) / time.seconds) : 0
        terminal.note(
            "\(done.processed.grouped) processed in \(time.brief) (\(rate.grouped)/s): "
                + "\(done.succeeded.grouped) succeeded, \(done.failed.grouped) failed, "
                + "\(done.retried.grouped) to be retried, \(done.revoked.grouped) revoked, "
                + "\(done.parked.grouped) parked, \((done.released + worker.unfinished).grouped) given back"
        )
        if worker.unfinished > 0 {
            terminal.note("\(worker.unfinished) tasks had not ended when they were given back.")
        }
    }

    private func document(_ done: WorkerStatistics, _ time: Duration) -> JSONValue {
        [
            "processed": .count(done.processed), "succeeded": .count(done.succeeded), "failed": .count(done.failed),
            "retried": .count(done.retried), "revoked": .count(done.revoked), "parked": .count(done.parked),
            "released": .count(done.released + worker.unfinished), "leases_lost": .count(done.leasesLost),
            "unfinished": .count(worker.unfinished),
            "seconds": .seconds(time),
        ]
    }
}

/// Reports the progress of a burst every second. A terminal on which nothing else is logged shows one line that is
/// overwritten; other outputs receive a new line whenever it has changed.
private struct BurstProgress {
    let report: WorkerReport
    let terminal: Terminal
    let overwrites: Bool

    private static let pause = Duration.seconds(1)
    private static let eraseLine = "\r\u{1B}[K"

    func run() async {
        do {
            try await tell()
        } catch is CancellationError {
            // The worker has finished: this is the normal end.
        } catch {
            // The worker meets the same error, and is the one that handles it.
            terminal.note("Note: the number of waiting calls is unknown: \(error)".onOneLine)
        }
        if overwrites { terminal.writeError(Self.eraseLine) }
    }

    private func tell() async throws {
        var last = ""
        while !Task.isCancelled {
            let line = try await report.line()
            if overwrites {
                terminal.writeError(Self.eraseLine + line)
            } else if line != last {
                terminal.note(line)
            }
            last = line
            try await report.app.time.sleep(for: Self.pause)
        }
    }
}
