import ArgumentParser
import Celeriac

// `control`: commands about the size of pools.

struct ControlPoolGrowCommand: ControlOrder {
    static let configuration = CommandConfiguration(
        commandName: "pool-grow", abstract: "Let each worker run more calls at once.", aliases: ["pool_grow"]
    )

    @Argument(help: "How many more.")
    var count = 1
    @OptionGroup(title: "Whom to tell") var audience: AudienceOptions
    @OptionGroup var output: OutputOptions

    func validate() throws { try requirePositive(count) }

    func give(to workers: RemoteControl) async throws -> [NodeReply<String>] {
        try await workers.growPool(by: count)
    }
}

struct ControlPoolShrinkCommand: ControlOrder {
    static let configuration = CommandConfiguration(
        commandName: "pool-shrink", abstract: "Let each worker run fewer calls at once.", aliases: ["pool_shrink"]
    )

    @Argument(help: "How many fewer.")
    var count = 1
    @OptionGroup(title: "Whom to tell") var audience: AudienceOptions
    @OptionGroup var output: OutputOptions

    func validate() throws { try requirePositive(count) }

    func give(to workers: RemoteControl) async throws -> [NodeReply<String>] {
        try await workers.shrinkPool(by: count)
    }
}

struct ControlAutoscaleCommand: ControlOrder {
    static let configuration = CommandConfiguration(
        commandName: "autoscale", abstract: "Set between what a worker that scales itself may scale."
    )

    @Argument(help: "Most calls at once.")
    var max: Int
    @Argument(help: "Fewest.")
    var min = 0
    @OptionGroup(title: "Whom to tell") var audience: AudienceOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if max < 1 || !(0...max).contains(min) { throw ValidationError("autoscale takes a maximum, then a minimum") }
    }

    func give(to workers: RemoteControl) async throws -> [NodeReply<String>] {
        try await workers.autoscale(min: min, max: max)
    }
}

struct ControlPoolRestartCommand: ControlOrder {
    static let configuration = CommandConfiguration(
        commandName: "pool-restart", abstract: "Have Python's workers start their processes anew.",
        discussion: "They refuse unless their setting worker_pool_restarts allows it.", aliases: ["pool_restart"]
    )

    @OptionGroup(title: "Whom to tell") var audience: AudienceOptions
    @OptionGroup var output: OutputOptions

    func give(to workers: RemoteControl) async throws -> [NodeReply<String>] { try await workers.poolRestart() }
}

private func requirePositive(_ count: Int) throws {
    if count < 1 { throw ValidationError("the number is at least 1") }
}
