import CeleriacWire

/// A worker's settings under their names in Celery, as `inspect conf` and `inspect report` show them. Pure. Contains no
/// passwords.
struct WorkerSettings {
    private let settings: [NamedSetting]
    private let transport: String
    private let results: String

    init(_ worker: ControlledWorker) {
        let (app, options) = (worker.app, worker.options)
        transport = app.transport
        results = app.resultsURL?.description ?? (app.results == nil ? "disabled" : app.transport)
        settings =
            [
                NamedSetting("broker_url", .text(app.brokerURL?.description)),
                NamedSetting("result_backend", .text(app.resultsURL?.description)),
            ] + app.namedSettings + Self.ofWorker(options, worker.slots.capacity)
    }

    private static func ofWorker(_ options: WorkerOptions, _ capacity: Int) -> [NamedSetting] {
        [
            NamedSetting("worker_concurrency", .integer(Int64(capacity)), preset: .null),
            NamedSetting("worker_prefetch_multiplier", 1, preset: 4),
            NamedSetting("worker_disable_prefetch", .bool(options.window == 0), preset: false),
            NamedSetting("worker_send_task_events", .bool(options.sendsTaskEvents), preset: false),
            NamedSetting("worker_enable_remote_control", .bool(options.control != .off), preset: true),
            NamedSetting("worker_pool_restarts", false, preset: false),
            NamedSetting("worker_soft_shutdown_timeout", .double(options.shutdownLimit.seconds), preset: 0.0),
            NamedSetting(
                "broker_transport_options", ["visibility_timeout": .double(options.lease.seconds)],
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
