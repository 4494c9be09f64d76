import ArgumentParser
import Celeriac

// `control`: commands about the size of pools.

struct PoolGrowOrder: ControlOrder {
    static let configuration = CommandConfiguration.order("pool-grow", "Let each worker run more calls at once.")

    @Argument(help: "How many more calls to run at once.")
    var count = 1

    func validate() throws { try requirePositive(count) }

    func give(to workers: RemoteControl) async throws -> [NodeReply<String>] {
        try await workers.growPool(by: count)
    }
}

struct PoolShrinkOrder: ControlOrder {
    static let configuration = CommandConfiguration.order("pool-shrink", "Let each worker run fewer calls at once.")

    @Argument(help: "How many fewer calls to run at once.")
    var count = 1

    func validate() throws { try requirePositive(count) }

    func give(to workers: RemoteControl) async throws -> [NodeReply<String>] {
        try await workers.shrinkPool(by: count)
    }
}

struct AutoscaleOrder: ControlOrder {
    static let configuration = CommandConfiguration.order(
        "autoscale", "Set the minimum and maximum pool size of workers that scale themselves.")

    @Argument(help: "The maximum number of calls that run at once.")
    var max: Int
    @Argument(help: "The minimum.")
    var min = 0

    func validate() throws {
        if max < 1 || !(0...max).contains(min) {
            throw ValidationError("autoscale takes a maximum, then a minimum that is not larger")
        }
    }

    func give(to workers: RemoteControl) async throws -> [NodeReply<String>] {
        try await workers.autoscale(min: min, max: max)
    }
}

struct PoolRestartOrder: ControlOrder {
    static let configuration = CommandConfiguration.order(
        "pool-restart", "Tell Python workers to restart their processes.",
        discussion: "Workers refuse unless their setting worker_pool_restarts allows it.")

    func give(to workers: RemoteControl) async throws -> [NodeReply<String>] { try await workers.poolRestart() }
}

private func requirePositive(_ count: Int) throws {
    if count < 1 { throw ValidationError("the number must be at least 1") }
}
