import CeleriacWire

/// Commands that report on a worker.
extension ControlPanel {
    static let inspecting: [Command] = [
        Command(.inspects, ControlSignature("ping")) { _, _ in .ok("pong") },
        Command(.inspects, ControlSignature("clock")) { _, worker in
            .reply(["clock": .integer(worker.app.clock.value)])
        },
        Command(.inspects, ControlSignature("hello", required: ["from_node"], optional: ["revoked"])) {
            arguments, worker in hello(arguments, worker)
        },
        Command(.inspects, ControlSignature("registered", optional: ["taskinfoitems", "builtins"])) {
            arguments, worker in try registered(arguments, worker)
        },
        Command(.inspects, ControlSignature("conf", optional: ["with_defaults"])) { arguments, worker in
            .reply(.object(WorkerSettings(worker).shown(withDefaults: arguments.isTrue("with_defaults"))))
        },
        Command(.inspects, ControlSignature("report", isOpen: false)) { _, worker in
            .ok(WorkerSettings(worker).report)
        },
    ]

    /// Answers a worker that starts and asks the others. A worker does not answer itself.
    private static func hello(_ arguments: ControlArguments, _ worker: ControlledWorker) -> ControlResponse {
        guard arguments["from_node"]?.stringValue != worker.node else { return .none }
        worker.revoked.add(arguments["revoked"]?.taskIDs ?? [])
        let ids = worker.revoked.ids.map { JSONValue.string($0.rawValue) }
        return .reply(["revoked": .array(ids), "clock": .integer(worker.app.clock.forward())])
    }

    private static func registered(
        _ arguments: ControlArguments, _ worker: ControlledWorker
    ) throws(ControlRefusal) -> ControlResponse {
        let asked = try arguments.texts("taskinfoitems").filter { !$0.hasPrefix("_") }
        let items = asked.isEmpty ? ["exchange", "routing_key", "rate_limit"] : asked
        let registry = worker.app.registry
        let tasks = arguments.isTrue("builtins") ? registry.allWithBuiltIns : registry.all
        return .reply(.array(tasks.map { .string(line(of: $0, items, worker.limits)) }))
    }

    /// `tasks.limited [rate_limit=10/m]`
    private static func line(of task: AnyTask, _ items: [String], _ limits: LiveLimits) -> String {
        let info = items.compactMap { item in attribute(item, of: task, limits).map { "\(item)=\($0)" } }
        return info.isEmpty ? task.name.rawValue : "\(task.name) [\(info.joined(separator: " "))]"
    }

    /// A task's setting under its name in Celery, as Python's `str` writes it; `nil` if the task has no such setting.
    private static func attribute(_ name: String, of task: AnyTask, _ limits: LiveLimits) -> String? {
        let options = task.options
        return switch name {
        case "name": task.name.rawValue
        case "queue": options.queue?.rawValue
        case "rate_limit": limits.rate(of: task)?.description
        case "max_retries": options.retry.maxRetries.map(String.init)
        case "time_limit": limits.ownTimes(of: task).hard.map(seconds)
        case "soft_time_limit": limits.ownTimes(of: task).soft.map(seconds)
        case "expires": options.expires.map(seconds)
        case "priority": options.priority.map { String($0.rawValue) }
        case "ignore_result": options.ignoreResult ? "True" : "False"
        case "acks_late": options.acks == .late ? "True" : "False"
        case "serializer": "json"
        default: nil
        }
    }

    private static func seconds(_ duration: Duration) -> String { "\(duration.seconds)" }
}
