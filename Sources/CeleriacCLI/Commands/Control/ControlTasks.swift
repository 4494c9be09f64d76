import ArgumentParser
import Celeriac

// `control`: commands about tasks.

struct ControlRateLimitCommand: ControlOrder {
    static let configuration = CommandConfiguration(
        commandName: "rate-limit", abstract: "Limit how often each worker starts a task.", aliases: ["rate_limit"]
    )

    @Argument(help: "The task's name.")
    var task: String
    @Argument(help: "How often: \(RateArgument.help).")
    var rate: RateArgument
    @OptionGroup(title: "Whom to tell") var audience: AudienceOptions
    @OptionGroup var output: OutputOptions

    func give(to workers: RemoteControl) async throws -> [NodeReply<String>] {
        try await workers.rateLimit(TaskName(task), rate.limit)
    }
}

struct ControlTimeLimitCommand: ControlOrder {
    static let configuration = CommandConfiguration(
        commandName: "time-limit", abstract: "Set the time limits of a task's calls from now on.",
        aliases: ["time_limit"]
    )

    @Argument(help: "The task's name.")
    var task: String
    @Argument(help: "The soft limit, \(DurationArgument.help); 0 = none.")
    var soft: DurationArgument
    @Argument(help: "The hard limit; none if left out.")
    var hard: DurationArgument?
    @OptionGroup(title: "Whom to tell") var audience: AudienceOptions
    @OptionGroup var output: OutputOptions

    func give(to workers: RemoteControl) async throws -> [NodeReply<String>] {
        try await workers.timeLimit(TaskName(task), soft: limit(soft), hard: hard.flatMap(limit))
    }

    private func limit(_ argument: DurationArgument) -> Duration? {
        argument.duration == .zero ? nil : argument.duration
    }
}
