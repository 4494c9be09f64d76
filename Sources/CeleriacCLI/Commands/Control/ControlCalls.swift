import ArgumentParser
import Celeriac

// `control`: commands about calls.

struct ControlRevokeCommand: ControlOrder {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Have the workers not start calls.",
        discussion: """
            The workers that live keep it in their memory; Swift's write it down. The command revoke, without control, \
            writes it down in the broker whether a worker lives or not.
            """
    )

    @Argument(help: "The ids of the calls.")
    var ids: [String]
    @Flag(help: "End those that run.")
    var terminate = false
    @Option(help: "How Python's workers end them.")
    var signal = SignalArgument.terminate
    @OptionGroup(title: "Whom to tell") var audience: AudienceOptions
    @OptionGroup var output: OutputOptions

    func give(to workers: RemoteControl) async throws -> [NodeReply<String>] {
        try await workers.revoke(ids.map { TaskID($0) }, terminate: terminate, signal: signal.signal)
    }
}

struct ControlTerminateCommand: ControlOrder {
    static let configuration = CommandConfiguration(
        commandName: "terminate", abstract: "End calls that run, and have the workers not start them.",
        discussion: "Swift's workers cancel them, whatever the signal."
    )

    @Argument(help: "How Python's workers end them, such as SIGTERM.")
    var signal: SignalArgument
    @Argument(help: "The ids of the calls.")
    var ids: [String]
    @OptionGroup(title: "Whom to tell") var audience: AudienceOptions
    @OptionGroup var output: OutputOptions

    func give(to workers: RemoteControl) async throws -> [NodeReply<String>] {
        try await workers.terminate(ids.map { TaskID($0) }, signal: signal.signal)
    }
}

struct ControlRevokeByHeadersCommand: ControlOrder {
    static let configuration = CommandConfiguration(
        commandName: "revoke-by-stamped-headers",
        abstract: "Have the workers not start calls that carry a stamp.", aliases: ["revoke_by_stamped_headers"]
    )

    @Argument(help: "Stamps: name=value. One name may come with several values.")
    var stamps: [StampArgument]
    @Flag(help: "End those that run.")
    var terminate = false
    @Option(help: "How Python's workers end them.")
    var signal = SignalArgument.terminate
    @OptionGroup(title: "Whom to tell") var audience: AudienceOptions
    @OptionGroup var output: OutputOptions

    func give(to workers: RemoteControl) async throws -> [NodeReply<String>] {
        let headers = Dictionary(grouping: stamps, by: \.name).mapValues { $0.map(\.value) }
        return try await workers.revokeByStampedHeaders(headers, terminate: terminate, signal: signal.signal)
    }
}
