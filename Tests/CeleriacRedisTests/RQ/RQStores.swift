import CeleriacCore
import CeleriacTesting
import CeleriacRQWire
import Logging
import Foundation
import RESPClient
import Synchronization
import Testing

@testable import CeleriacRQ

/// Stores on RQ's layout on the suite's server, under a prefix of their own.
enum RQStores {
    private static let count = Atomic(0)

    static func prefix() -> String { "r\(count.add(1, ordering: .relaxed).newValue)" }

    /// One whose clocks stand still until the test moves them.
    static func inVirtualTime(
        _ time: ManualTime, prefix: String = RQStores.prefix(), logger: Logger = .quiet,
        _ change: (inout RQOptions) -> Void = { _ in }
    ) throws -> RQStore {
        var options = RQOptions()
        options.keys = try RQKeys(prefix: prefix)
        options.serializer = .json
        options.workerName = "w1"
        options.checksServer = false
        change(&options)
        return RQStore(
            client: RESPClient(try Stores.configuration(), logger: .quiet), options: options, time: time,
            hasInjectedTime: true, logger: logger)
    }

    /// One as in production.
    static func inRealTime(
        prefix: String = RQStores.prefix(), _ change: (inout RQOptions) -> Void = { _ in }
    ) throws -> RQStore {
        var options = RQOptions()
        options.keys = try RQKeys(prefix: prefix)
        change(&options)
        return RQStore(try Stores.configuration(), options: options, logger: .quiet)
    }
}

extension RQStore {
    /// Sends any command, past all that the store knows.
    @discardableResult
    func raw(_ name: StaticString, _ words: String...) async throws -> RESPValue {
        var command = RESPCommand(name)
        for word in words { command.append(word) }
        return try await client.send(command)
    }

    func consume<Value: Sendable>(
        _ queues: [QueueName] = ["default"], lease: Duration = .seconds(30),
        _ body: (any Consumer) async throws -> Value
    ) async throws -> Value {
        try await withConsumer(of: queues, lease: lease, body)
    }

    /// Claims in the name of a process that dies with what it holds.
    func claimInVain(_ queue: QueueName = "default", lease: Duration = .seconds(30)) async throws {
        var words: RESPWords = [identity.worker, lease.microseconds, 10, 1]
        words.append(RQIdentity.nonce())
        words.append(queue.rawValue)
        _ = try await run(RQScripts.claim, words)
    }

    func status(of id: TaskID) async throws -> String? { try await raw("HGET", keys.job(id), "status").text }
}

extension StateChange {
    /// The end of a call as a worker reports it.
    static func ended(
        _ id: TaskID, _ state: TaskState, result: String? = nil, failure: TaskFailure? = nil, at: Date,
        expires: Date? = nil
    ) -> StateChange {
        var change = StateChange(id: id, state: state, at: at, expires: expires)
        change.result = result.map { Array($0.utf8) }
        change.failure = failure
        return change
    }
}
