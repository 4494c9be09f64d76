import Logging

/// Commands about how many tasks run at once, and about the worker's end.
extension ControlPanel {
    static let pooling: [Command] = [
        Command(.controls, ControlSignature("pool_grow", optional: ["n"])) { arguments, worker in
            try resize(worker, "pool_grow", by: try arguments.count("n") ?? 1)
        },
        Command(.controls, ControlSignature("pool_shrink", optional: ["n"])) { arguments, worker in
            try resize(worker, "pool_shrink", by: -(try arguments.count("n") ?? 1))
        },
        Command(.controls, ControlSignature("pool_restart", optional: ["modules", "reload", "reloader"])) { _, _ in
            throw ControlRefusal.value("Pool restarts not enabled")
        },
        Command(.controls, ControlSignature("autoscale", optional: ["max", "min"], isOpen: false)) {
            arguments, worker in try autoscale(arguments, worker)
        },
        Command(.controls, ControlSignature("shutdown", optional: ["msg"])) { _, worker in
            worker.app.logger.warning("shutdown by remote control", metadata: ["worker": "\(worker.node)"])
            worker.shutDown()
            return .silence
        },
    ]

    /// The most slots that growing may come to.
    private static let mostSlots = 100_000

    private static func resize(
        _ worker: ControlledWorker, _ name: String, by difference: Int
    ) throws(ControlRefusal) -> ControlResponse {
        guard worker.autoscaler == nil else {
            return .error("\(name) is not supported with autoscale. Adjust autoscale range instead.")
        }
        let wanted = worker.slots.capacity + difference * worker.pool.step
        guard (1...mostSlots).contains(wanted) else { throw .value("a worker has from 1 to \(mostSlots) slots") }
        worker.slots.resize { _ in wanted }
        worker.pool.resize(toSlots: wanted)
        worker.reclaim()
        worker.log("pool resized by remote control", ["slots": "\(wanted)"])
        return .ok(difference < 0 ? "pool will shrink" : "pool will grow")
    }

    private static func autoscale(
        _ arguments: ControlArguments, _ worker: ControlledWorker
    ) throws(ControlRefusal) -> ControlResponse {
        guard let autoscaler = worker.autoscaler else { throw .value("Autoscale not enabled") }
        let range = autoscaler.range
        let most = try arguments.count("max") ?? range.upperBound
        let least = try arguments.count("min") ?? range.lowerBound
        guard most >= max(1, least) else { throw .value("max must be at least 1, and no less than min") }
        autoscaler.update(max(1, least)...most)
        worker.reclaim()
        worker.log("autoscale changed by remote control", ["max": "\(most)", "min": "\(least)"])
        return .ok("autoscale now max=\(most) min=\(least)")
    }
}
