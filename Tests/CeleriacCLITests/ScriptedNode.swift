import CeleriacCore
import Celeriac
import Synchronization

/// A worker's ear without the worker: answers as Celery 5.7's own did when it was recorded, and remembers what it was told.
final class ScriptedNode: Sendable {
    private let told = Guarded<[ControlCommand]>([])
    private let answers: JSONObject
    let name: String

    init(_ name: String, answers: JSONObject = [:]) {
        self.name = name
        self.answers = ScriptedNode.recorded.merging(answers) { $1 }
    }

    /// The arguments of each command that it heard.
    var commands: [ControlCommand] { told.withLock { $0 } }

    private func answer(_ command: ControlCommand) -> ControlResponse {
        told.withLock { $0.append(command) }
        return .reply(answers[command.name] ?? ["error": .string("KeyError('\(command.name)')")])
    }

    /// Has the nodes listen for as long as `body` runs.
    static func listening<Value: Sendable>(
        _ nodes: [ScriptedNode], to channel: any ControlChannel, _ body: () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for node in nodes {
                let (ready, signal) = AsyncStream.makeStream(of: Void.self)
                group.addTask {
                    try await channel.serve(as: node.name, isListening: { signal.finish() }) { node.answer($0) }
                }
                for await _ in ready {}
            }
            defer { group.cancelAll() }
            return try await body()
        }
    }

    private static let call: JSONValue = [
        "id": "3a959271", "name": "nap", "args": [4], "kwargs": [:], "type": "tasks.sleep", "hostname": "w1@box",
        "time_start": 1_795_335_510.356, "acknowledged": true,
        "delivery_info": ["exchange": "", "routing_key": "mail", "priority": 0, "redelivered": false],
        "worker_pid": 30057,
    ]

    private static let recorded: JSONObject = [
        "ping": ["ok": "pong"], "active": [call], "reserved": [call],
        "scheduled": [["eta": "2126-11-22T08:20:30.352263+00:00", "priority": 6, "request": call]],
        "revoked": ["id-2", "id-1"],
        "registered": ["tasks.add", "tasks.limited [rate_limit=10/m max_retries=3]"],
        "query_task": ["3a959271": ["active", call]],
        "stats": [
            "total": ["tasks.add": 3, "tasks.sleep": 1], "pid": 30016, "clock": "81", "uptime": 48,
            "pool": [
                "implementation": "celery.concurrency.prefork:TaskPool", "max-concurrency": 2,
                "processes": [30057, 30715],
            ],
            "broker": ["hostname": "127.0.0.1", "transport": "redis"], "prefetch_count": 8,
        ],
        "active_queues": [
            ["name": "mail", "exchange": ["name": "mail", "type": "direct"], "routing_key": "mail"],
            ["name": "news", "exchange": ["name": "all", "type": "topic"], "routing_key": "news.#"],
        ],
        "conf": ["broker_url": "redis://:********@127.0.0.1/0", "task_acks_late": true],
        "report": ["ok": "software -> celery:5.7.0"], "clock": ["clock": 72],
        "revoke": ["ok": "tasks flagged as revoked"], "revoke_by_stamped_headers": ["ok": "flagged as revoked"],
        "rate_limit": ["ok": "new rate limit set successfully"], "time_limit": ["ok": "time limits set successfully"],
        "pool_grow": ["ok": "pool will grow"], "pool_shrink": ["ok": "pool will shrink"],
        "autoscale": ["error": "ValueError('Autoscale not enabled')"],
        "pool_restart": ["error": "ValueError('Pool restarts not enabled')"],
        "add_consumer": ["ok": "add consumer extra"], "cancel_consumer": ["ok": "no longer consuming from extra"],
        "enable_events": ["ok": "task events enabled"], "disable_events": ["ok": "task events disabled"],
        "heartbeat": nil, "shutdown": nil,
    ]
}
