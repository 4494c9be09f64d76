import ArgumentParser
import Celeriac

// `control`: commands about tasks.

struct RateLimitOrder: ControlOrder {
    static let configuration = CommandConfiguration.order("rate-limit", "Limit how often each worker starts a task.")

    @Argument(help: "The task's name.")
    var task: String
    @Argument(help: "The limit, \(RateArgument.help).")
    var rate: RateArgument

    func give(to workers: RemoteControl) async throws -> [NodeReply<String>] {
        try await workers.rateLimit(TaskName(task), rate.limit)
    }
}

struct TimeLimitOrder: ControlOrder {
    static let configuration = CommandConfiguration.order(
        "time-limit", "Set the time limits of a task's calls that start from now on.")

    @Argument(help: "The task's name.")
    var task: String
    @Argument(help: "The soft limit, \(DurationArgument.help); 0 removes it.")
    var soft: DurationArgument
    @Argument(help: "The hard limit (default: none).")
    var hard: DurationArgument?

    func give(to workers: RemoteControl) async throws -> [NodeReply<String>] {
        try await workers.timeLimit(TaskName(task), soft: limit(soft), hard: hard.flatMap(limit))
    }

    private func limit(_ argument: DurationArgument) -> Duration? {
        argument.duration == .zero ? nil : argument.duration
    }
}
