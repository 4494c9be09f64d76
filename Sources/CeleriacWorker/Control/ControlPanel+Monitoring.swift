/// Commands about events. They do not change how a worker runs tasks, so read-only clients may use them.
extension ControlPanel {
    static let monitoring: [Command] = [
        Command(.watches, ControlSignature("enable_events", isOpen: false)) { _, worker in
            guard let events = worker.events else { return .error("event dispatcher unavailable") }
            return .ok(events.enableTasks() ? "task events enabled" : "task events already enabled")
        },
        Command(.watches, ControlSignature("disable_events", isOpen: false)) { _, worker in
            guard let events = worker.events else { return .error("event dispatcher unavailable") }
            return .ok(events.disableTasks() ? "task events disabled" : "task events already disabled")
        },
        Command(.watches, ControlSignature("heartbeat", isOpen: false)) { _, worker in
            worker.events?.send(.workerHeartbeat, SoftwareInfo.fields.merging(["freq": 5]) { $1 })
            return .none
        },
        // Elections are held by workers that gossip, which this one does not; it takes no part.
        Command(.watches, ControlSignature("election", required: ["id", "topic"], optional: ["action"])) { _, _ in
            .none
        },
    ]
}
