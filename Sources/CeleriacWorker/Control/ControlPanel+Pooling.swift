import CeleriacPool
import Logging

/// Commands that change how many tasks run at once, or end the worker.
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

    private static func resize(
        _ worker: ControlledWorker, _ name: String, by difference: Int
    ) throws(ControlRefusal) -> ControlResponse {
        guard worker.autoscaler == nil else {
            return .error("\(name) is not supported with autoscale. Adjust autoscale range instead.")
        }
        let wanted = worker.slots.capacity + difference * worker.pool.step
        guard wanted >= 1 else { throw .value("a worker must have at least 1 slot") }
        try check(growth: wanted, of: worker)
        worker.slots.resize { _ in wanted }
        worker.consumer.resize(to: wanted)
        worker.pool.resize(toSlots: wanted)
        worker.reclaim()
        worker.log("pool resized by remote control", ["slots": "\(wanted)"])
        return .ok(difference < 0 ? "pool will shrink" : "pool will grow")
    }

    /// Anyone who can write to the broker may ask for growth; the worker's own settings limit it.
    private static func check(growth slots: Int, of worker: ControlledWorker) throws(ControlRefusal) {
        let most = worker.options.growthLimit(step: worker.pool.step)
        guard slots > worker.slots.capacity, slots > most else { return }
        throw .value("this worker can have at most \(most) slots, not \(slots); see WorkerOptions.maxConcurrency")
    }

    private static func autoscale(
        _ arguments: ControlArguments, _ worker: ControlledWorker
    ) throws(ControlRefusal) -> ControlResponse {
        guard let autoscaler = worker.autoscaler else { throw .value("Autoscale not enabled") }
        let range = autoscaler.range
        let most = try arguments.count("max") ?? range.upperBound
        let least = try arguments.count("min") ?? range.lowerBound
        guard most >= max(1, least) else { throw .value("max must be at least 1 and not less than min") }
        try check(growth: most * worker.pool.step, of: worker)
        autoscaler.update(max(1, least)...most)
        worker.reclaim()
        worker.log("autoscale changed by remote control", ["max": "\(most)", "min": "\(least)"])
        return .ok("autoscale now max=\(most) min=\(least)")
    }
}
