import Celeriac

/// A worker, combined from its answers to several questions.
struct AskedWorker {
    let node: String
    let stats: WorkerStats?
    let queues: [ConsumedQueue]
    let running: [HeldCall]

    /// Returns one worker for each node that answered at least one question, sorted by name.
    static func joined(
        _ stats: [NodeReply<WorkerStats>], _ queues: [NodeReply<[ConsumedQueue]>], _ active: [NodeReply<[HeldCall]>]
    ) -> [AskedWorker] {
        let nodes = Set(stats.map(\.node) + queues.map(\.node) + active.map(\.node))
        return nodes.sorted().map { node in
            AskedWorker(
                node: node, stats: stats.first { $0.node == node }?.value,
                queues: queues.first { $0.node == node }?.value ?? [],
                running: active.first { $0.node == node }?.value ?? []
            )
        }
    }

    static func table(_ workers: [AskedWorker]) -> Table {
        var table = Table(
            .text("WORKER"), .number("PID"), .prose("QUEUES"), .number("RUNNING"), .number("SLOTS"), .number("UP")
        )
        for worker in workers {
            table.add(
                worker.node, worker.stats?.pid.map(String.init) ?? "-",
                worker.queues.map(\.name).joined(separator: ","), "\(worker.running.count)",
                worker.stats?.concurrency.map(String.init) ?? "-", worker.stats?.uptime?.brief ?? "-"
            )
        }
        return table
    }

    var document: JSONValue {
        [
            "name": .string(node), "pid": stats?.pid.map(JSONValue.count) ?? .null,
            "queues": .array(queues) { .string($0.name) },
            "concurrency": stats?.concurrency.map(JSONValue.count) ?? .null,
            "running": .array(running, \.json), "processed": .count(stats?.totals.values.reduce(0, +) ?? 0),
            "uptime": .seconds(stats?.uptime),
        ]
    }
}
