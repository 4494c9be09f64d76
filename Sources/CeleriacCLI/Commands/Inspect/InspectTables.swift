import Celeriac
import Foundation

/// The tables of `inspect`.
struct InspectTables {
    let workers: [WorkerStatus]
    let time: any TimeSource

    var overview: Table {
        var table = Table(
            .text("WORKER"), .number("PID"), .prose("QUEUES"), .number("RUNNING"), .number("SLOTS"), .number("UP")
        )
        for worker in workers {
            table.add(
                worker.name, "\(worker.pid)", worker.queues.joined(separator: ","), "\(worker.active.count)",
                "\(worker.concurrency)", time.age(of: worker.startedAt)
            )
        }
        return table
    }

    var active: Table {
        var table = Table(
            .text("WORKER"), .id("ID"), .text("TASK"), .text("QUEUE"), .number("ATTEMPT"), .number("FOR")
        )
        for worker in workers {
            for task in worker.active {
                table.add(
                    worker.name, task.id, task.task, task.queue, "\(task.attempt)",
                    task.startedAt.map { time.age(of: $0) } ?? "-")
            }
        }
        return table
    }

    var registered: Table {
        var table = Table(.text("WORKER"), .text("TASK"))
        for worker in workers {
            for task in worker.tasks { table.add(worker.name, task) }
        }
        return table
    }

    var stats: Table {
        var table = Table(
            .text("WORKER"), .number("PROCESSED"), .number("FAILED"), .number("RUNNING"), .number("UP"),
            .number("HEARD")
        )
        for worker in workers {
            table.add(
                worker.name, worker.processed.grouped, worker.failed.grouped, "\(worker.active.count)",
                time.age(of: worker.startedAt), "\(time.age(of: worker.lastBeat)) ago"
            )
        }
        return table
    }

    static func messages(_ messages: [QueuedMessage], _ time: any TimeSource) -> Table {
        var table = Table(
            .id("ID"), .text("TASK"), .text("QUEUE"), .number("ATTEMPT"), .number("ENQUEUED"), .number("DUE IN")
        )
        for message in messages {
            let due = message.notBefore.map { Duration.bounded(seconds: max(0, $0.timeIntervalSince(time.now))).brief }
            table.add(
                "\(message.id)", "\(message.envelope.task)", "\(message.queue)",
                "\(message.envelope.headers.attempt)", "\(time.age(of: message.enqueuedAt)) ago", due ?? "-"
            )
        }
        return table
    }
}
