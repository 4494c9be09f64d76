import Celeriac
import Foundation

/// Tables of the workers' answers.
struct AskedTables {
    let time: any TimeSource

    /// Returns the answers of the workers that did not refuse, sorted by name.
    func values<Value>(_ replies: [NodeReply<Value>]) -> [(node: String, value: Value)] {
        replies.compactMap { reply in reply.value.map { (reply.node, $0) } }.sorted { $0.node < $1.node }
    }

    func calls(_ replies: [NodeReply<[HeldCall]>]) -> Table {
        var table = Table(.text("WORKER"), .id("ID"), .text("TASK"), .text("QUEUE"), .number("FOR"))
        for (node, calls) in values(replies) {
            for call in calls {
                let age = call.startedAt.map { time.age(of: $0) }
                table.add(node, "\(call.id)", "\(call.task)", call.routingKey ?? "-", age ?? "-")
            }
        }
        return table
    }

    func scheduled(_ replies: [NodeReply<[ScheduledCall]>]) -> Table {
        var table = Table(.text("WORKER"), .id("ID"), .text("TASK"), .text("QUEUE"), .number("DUE IN"))
        for (node, calls) in values(replies) {
            for scheduled in calls {
                let call = scheduled.call
                let due = scheduled.eta.map { Duration.bounded(seconds: max(0, $0.timeIntervalSince(time.now))).brief }
                table.add(node, "\(call.id)", "\(call.task)", call.routingKey ?? "-", due ?? "-")
            }
        }
        return table
    }

    func queried(_ replies: [NodeReply<[QueriedCall]>]) -> Table {
        var table = Table(.text("WORKER"), .id("ID"), .whole("STAGE"), .text("TASK"), .text("QUEUE"))
        for (node, calls) in values(replies) {
            for queried in calls {
                let call = queried.call
                table.add(node, "\(call.id)", "\(queried.stage)", "\(call.task)", call.routingKey ?? "-")
            }
        }
        return table
    }

    func revoked(_ replies: [NodeReply<[TaskID]>]) -> Table {
        var table = Table(.text("WORKER"), .id("ID"))
        for (node, ids) in values(replies) {
            for id in ids { table.add(node, "\(id)") }
        }
        return table
    }

    func registered(_ replies: [NodeReply<[RegisteredTask]>]) -> Table {
        var table = Table(.text("WORKER"), .text("TASK"), .prose("INFO"))
        for (node, tasks) in values(replies) {
            for task in tasks {
                let info = task.info.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
                table.add(node, "\(task.name)", info.joined(separator: " "))
            }
        }
        return table
    }

    func stats(_ replies: [NodeReply<WorkerStats>]) -> Table {
        var table = Table(
            .text("WORKER"), .number("PID"), .number("TAKEN"), .number("SLOTS"), .number("UP"), .number("CLOCK"),
            .text("BROKER")
        )
        for (node, stats) in values(replies) {
            table.add(
                node, stats.pid.map(String.init) ?? "-", stats.totals.values.reduce(0, +).grouped,
                stats.concurrency.map(String.init) ?? "-", stats.uptime?.brief ?? "-",
                stats.clock.map(String.init) ?? "-", stats.transport ?? "-"
            )
        }
        return table
    }

    func queues(_ replies: [NodeReply<[ConsumedQueue]>]) -> Table {
        var table = Table(.text("WORKER"), .text("QUEUE"), .text("EXCHANGE"), .whole("KIND"), .text("KEY"))
        for (node, queues) in values(replies) {
            for queue in queues {
                table.add(
                    node, queue.name, queue.exchange ?? "-", queue.exchangeKind?.rawValue ?? "-",
                    queue.routingKey ?? "-"
                )
            }
        }
        return table
    }

    func settings(_ replies: [NodeReply<JSONObject>]) -> Table {
        var table = Table(.text("WORKER"), .text("SETTING"), .prose("VALUE"))
        for (node, settings) in values(replies) {
            for (name, value) in settings.sorted(by: { $0.key < $1.key }) { table.add(node, name.text, value.text) }
        }
        return table
    }
}
