import ArgumentParser
import Celeriac

// `control`: commands about calls.

struct RevokeOrder: ControlOrder {
    static let configuration = CommandConfiguration.order(
        "revoke", "Tell the workers not to start calls.",
        discussion: """
            Live workers keep the revocation in memory; Swift workers also store it. The top-level command \
            revoke stores it in the broker, whether or not a worker is running.
            """
    )

    @Argument(help: "The ids of the calls, or the beginnings of random ids.")
    var ids: [String]
    @OptionGroup var ending: EndingOptions

    mutating func complete(with app: TaskApp) async throws { ids = try await app.fullIDs(ids).map(\.rawValue) }

    func give(to workers: RemoteControl) async throws -> [NodeReply<String>] {
        try await workers.revoke(ids.map { TaskID($0) }, terminate: ending.terminate, signal: ending.signal.signal)
    }
}

struct TerminateOrder: ControlOrder {
    static let configuration = CommandConfiguration.order(
        "terminate", "End running calls, and tell the workers not to start them.",
        discussion: "Swift workers cancel the calls, whatever the signal."
    )

    @Argument(help: "The signal with which Python workers end the calls, such as SIGTERM.")
    var signal: SignalArgument
    @Argument(help: "The ids of the calls, or the beginnings of random ids.")
    var ids: [String]

    mutating func complete(with app: TaskApp) async throws { ids = try await app.fullIDs(ids).map(\.rawValue) }

    func give(to workers: RemoteControl) async throws -> [NodeReply<String>] {
        try await workers.terminate(ids.map { TaskID($0) }, signal: signal.signal)
    }
}

struct RevokeStampedOrder: ControlOrder {
    static let configuration = CommandConfiguration.order(
        "revoke-by-stamped-headers", "Tell the workers not to start calls that carry a stamp.")

    @Argument(help: "Stamps as name=value. A name may be given with several values.")
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
    @Flag(help: "Also end calls that are running.")
    var terminate = false
    @Option(help: "The signal with which Python workers end them.")
    var signal = SignalArgument.terminate
}
