import CeleriacWire

/// A worker's settings under their names in Celery, as `inspect conf` and `inspect report` show them. Pure. Contains no
/// passwords.
struct WorkerSettings {
    private struct Setting {
        let name: String
        let value: JSONValue
        /// Celery's own default.
        let preset: JSONValue
    }

    private let settings: [Setting]
    private let transport: String
    private let results: String

    init(_ worker: ControlledWorker) {
        let (app, options) = (worker.app, worker.options)
        transport = app.transport
        results = app.resultsURL?.description ?? (app.results == nil ? "disabled" : app.transport)
        settings =
            [
                Setting(name: "broker_url", value: .text(app.brokerURL?.description), preset: .null),
                Setting(name: "result_backend", value: .text(app.resultsURL?.description), preset: .null),
            ] + Self.ofApp(app) + Self.ofWorker(options, worker.slots.capacity)
    }

    private static func ofApp(_ app: TaskApp) -> [Setting] {
        let options = app.options
        let queues = options.queues.map { $0.map(\.rawValue).sorted() }
        let routes = options.routes.map { JSONValue.array([.string($0.pattern), $0.json]) }
        return [
            Setting(name: "accept_content", value: ["json"], preset: ["json"]),
            Setting(name: "task_serializer", value: "json", preset: "json"),
            Setting(name: "result_serializer", value: "json", preset: "json"),
            Setting(name: "enable_utc", value: true, preset: true),
            Setting(name: "timezone", value: "UTC", preset: .null),
            Setting(name: "task_default_queue", value: .string(options.defaultQueue.rawValue), preset: "celery"),
            Setting(name: "task_queues", value: queues.map { .array($0.map { .string($0) }) } ?? .null, preset: .null),
            Setting(name: "task_create_missing_queues", value: .bool(queues == nil), preset: true),
            Setting(name: "task_routes", value: routes.isEmpty ? .null : .array(routes), preset: .null),
            Setting(name: "result_expires", value: app.resultLifetime.map { .double($0) } ?? .null, preset: 86_400.0),
            Setting(name: "task_ignore_result", value: .bool(options.ignoreResults), preset: false),
            Setting(
                name: "task_track_started", value: .bool(app.derivesStates || app.interimStates.contains(.started)),
                preset: false),
            Setting(name: "task_acks_late", value: true, preset: false),
            Setting(name: "task_send_sent_event", value: .bool(options.sendsSentEvents), preset: false),
        ]
    }

    private static func ofWorker(_ options: WorkerOptions, _ capacity: Int) -> [Setting] {
        [
            Setting(name: "worker_concurrency", value: .integer(Int64(capacity)), preset: .null),
            Setting(name: "worker_prefetch_multiplier", value: 1, preset: 4),
            Setting(name: "worker_disable_prefetch", value: true, preset: false),
            Setting(name: "worker_send_task_events", value: .bool(options.sendsTaskEvents), preset: false),
            Setting(name: "worker_enable_remote_control", value: .bool(options.control != .off), preset: true),
            Setting(name: "worker_pool_restarts", value: false, preset: false),
            Setting(
                name: "worker_soft_shutdown_timeout", value: .double(options.shutdownLimit.seconds), preset: 0.0),
            Setting(
                name: "broker_transport_options", value: ["visibility_timeout": .double(options.lease.seconds)],
                preset: [:]),
        ]
    }

    /// - Parameter withDefaults: whether settings that have Celery's default are shown too.
    func shown(withDefaults: Bool) -> JSONObject {
        let shown = settings.filter { withDefaults || $0.value != $0.preset }
        return Dictionary(uniqueKeysWithValues: shown.map { (JSONKey($0.name), $0.value) })
    }

    /// The settings as text for people and bug reports.
    var report: String {
        let lines = shown(withDefaults: false).sorted { $0.key < $1.key }
            .map { "\($0.key): \(PythonRepr.value($0.value.bytes))" }
        return """

            software -> \(SoftwareInfo.name):\(SoftwareInfo.version) swift
            platform -> system:\(SoftwareInfo.system)
            settings -> transport:\(transport) results:\(results)

            \(lines.joined(separator: "\n"))

            """
    }
}

extension TaskRoute {
    /// In the form of an entry of Celery's `task_routes`.
    fileprivate var json: JSONValue {
        if let route { return ["exchange": .string(route.exchange), "routing_key": .string(route.routingKey)] }
        return ["queue": .text(queue?.rawValue)]
    }
}
