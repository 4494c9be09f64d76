import ArgumentParser
import Celeriac

// `control`: commands about calls.

struct RevokeOrder: ControlOrder {
    static let configuration = CommandConfiguration.order(
        "revoke", "Have the workers not start calls.",
        discussion: """
            The workers that live keep it in their memory; Swift's write it down. The command revoke, without control, \
            writes it down in the broker whether a worker lives or not.
            """
    )

    @Argument(help: "The ids of the calls.")
    var ids: [String]
    @OptionGroup var ending: EndingOptions

    func give(to workers: RemoteControl) async throws -> [NodeReply<String>] {
        try await workers.revoke(ids.map { TaskID($0) }, terminate: ending.terminate, signal: ending.signal.signal)
    }
}

struct TerminateOrder: ControlOrder {
    static let configuration = CommandConfiguration.order(
        "terminate", "End calls that run, and have the workers not start them.",
        discussion: "Swift's workers cancel them, whatever the signal."
    )

    @Argument(help: "How Python's workers end them, such as SIGTERM.")
    var signal: SignalArgument
    @Argument(help: "The ids of the calls.")
    var ids: [String]

    func give(to workers: RemoteControl) async throws -> [NodeReply<String>] {
        try await workers.terminate(ids.map { TaskID($0) }, signal: signal.signal)
    }
}

struct RevokeStampedOrder: ControlOrder {
    static let configuration = CommandConfiguration.order(
        "revoke-by-stamped-headers", "Have the workers not start calls that carry a stamp.")

    @Argument(help: "Stamps: name=value. One name may come with several values.")
    var stamps: [StampArgument]
    @OptionGroup var ending: EndingOptions

    func give(to workers: RemoteControl) async throws -> [NodeReply<String>] {
        let headers = Dictionary(grouping: stamps, by: \.name).mapValues { $0.map(\.value) }
        return try await workers.revokeByStampedHeaders(
            headers, terminate: ending.terminate, signal: ending.signal.signal)
    }
}

/// What happens to revoked calls that run already.
struct EndingOptions: ParsableArguments {
    @Flag(help: "End those that run.")
    var terminate = false
    @Option(help: "How Python's workers end them.")
    var signal = SignalArgument.terminate
}
