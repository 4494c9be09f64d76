import CeleriacWire

/// A setting under its name in Celery.
package struct NamedSetting: Sendable {
    package let name: String
    package let value: JSONValue
    /// Celery's own default.
    package let preset: JSONValue

    init(_ name: String, _ value: JSONValue, preset: JSONValue = .null) {
        self.name = name
        self.value = value
        self.preset = preset
    }
}

extension TaskApp {
    /// The settings of the app. Contains no URLs.
    package var namedSettings: [NamedSetting] {
        let queues = options.queues.map { $0.map(\.rawValue).sorted() }
        let routes = options.routes.map { JSONValue.array([.string($0.pattern), $0.json]) }
        return [
            NamedSetting("accept_content", .array(options.accept.map { JSONValue.string($0.name) }), preset: ["json"]),
            NamedSetting("task_serializer", .string(options.taskSerializer.name), preset: "json"),
            NamedSetting("result_serializer", .string(options.resultSerializer.name), preset: "json"),
            NamedSetting("enable_utc", true, preset: true),
            NamedSetting("timezone", "UTC"),
            NamedSetting("task_default_queue", .string(options.defaultQueue.rawValue), preset: "celery"),
            NamedSetting("task_queues", queues.map { .array($0.map { .string($0) }) } ?? .null),
            NamedSetting("task_create_missing_queues", .bool(queues == nil), preset: true),
            NamedSetting("task_routes", routes.isEmpty ? .null : .array(routes)),
            NamedSetting("result_expires", resultLifetime.map { .double($0) } ?? .null, preset: 86_400.0),
            NamedSetting("task_ignore_result", .bool(options.ignoreResults), preset: false),
            NamedSetting(
                "task_track_started", .bool(derivesStates || interimStates.contains(.started)),
                preset: false),
            NamedSetting("task_acks_late", true, preset: false),
            NamedSetting("task_send_sent_event", .bool(options.sendsSentEvents), preset: false),
        ]
    }
}

extension TaskRoute {
    /// In the form of an entry of Celery's `task_routes`.
    fileprivate var json: JSONValue {
        if let route { return ["exchange": .string(route.exchange), "routing_key": .string(route.routingKey)] }
        return ["queue": .text(queue?.rawValue)]
    }
}
