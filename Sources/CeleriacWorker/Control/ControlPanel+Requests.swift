/// Commands that list the calls that a worker holds.
///
/// Celery's workers hold delayed calls in memory; here they lie in the broker. So `scheduled` looks into the queues
/// that this worker serves.
extension ControlPanel {
    /// The maximum number of delayed calls of one queue that `scheduled` shows.
    private static let mostScheduled = 100

    static let requests: [Command] = [
        Command(.inspects, ControlSignature("active", optional: ["safe"])) { arguments, worker in
            let isSafe = arguments.isTrue("safe")
            return .reply(.array(worker.attempts(started: true).map { worker.info($0, isSafe: isSafe) }))
        },
        Command(.inspects, ControlSignature("reserved")) { _, worker in
            .reply(.array(worker.attempts(started: false).map { worker.info($0) }))
        },
        Command(.inspects, ControlSignature("scheduled")) { _, worker in
            .reply(.array(try await scheduled(worker)))
        },
        Command(.inspects, ControlSignature("query_task", required: ["ids"])) { arguments, worker in
            .reply(.object(query(try arguments.ids("ids"), worker)))
        },
    ]

    private static func scheduled(_ worker: ControlledWorker) async throws -> [JSONValue] {
        guard let inspector = worker.app.backend.inspector else { return [] }
        var scheduled: [JSONValue] = []
        for queue in worker.queues.names {
            let messages = try await inspector.messages(in: queue, .delayed, after: nil, limit: mostScheduled)
            scheduled += messages.map { message in
                [
                    "eta": .date(message.envelope.headers.eta ?? message.notBefore), "priority": 6,
                    "request": RequestInfo(message, on: worker.node).json(worker.app.codec),
                ]
            }
        }
        return scheduled
    }

    /// `{id: [state, info]}` of the calls that this worker holds, as in Celery; the queues are not searched.
    private static func query(_ ids: Set<TaskID>, _ worker: ControlledWorker) -> JSONObject {
        worker.slots.held.reduce(into: [:]) { found, attempt in
            guard ids.contains(attempt.delivery.id) else { return }
            let stage: JSONValue = attempt.startedAt == nil ? "reserved" : "active"
            found[attempt.delivery.id.rawValue] = [stage, worker.info(attempt)]
        }
    }
}

extension ControlledWorker {
    fileprivate func attempts(started: Bool) -> [Attempt] {
        slots.held.filter { ($0.startedAt != nil) == started }.sorted { $0.claimedAt < $1.claimedAt }
    }

    fileprivate func info(_ attempt: Attempt, isSafe: Bool = false) -> JSONValue {
        RequestInfo(attempt, on: node).json(isSafe: isSafe, app.codec)
    }
}
