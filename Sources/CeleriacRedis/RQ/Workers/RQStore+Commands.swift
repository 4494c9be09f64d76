public import CeleriacCore
public import CeleriacWire
import Logging
import RESPClient

/// RQ's commands to workers, and the pause of all of them. Source: RQ 3.0.0, `command.py`, `suspension.py`.
extension RQStore {
    /// Receives the commands for a worker, for as long as it is not cancelled, over broken connections.
    ///
    /// The end of a job that was to be stopped, if its state is then REVOKED, is RQ's `stopped`. What is no command of RQ's
    /// is passed over.
    ///
    /// - Parameters:
    ///   - worker: its name, as it beats.
    ///   - isListening: called each time that commands begin to arrive: at first, and after each new connection.
    ///   - handle: commands are handled one after the other.
    public func serveCommands(
        as worker: String, isListening: @escaping @Sendable () async -> Void = {},
        _ handle: @escaping @Sendable (RQCommand) async -> Void
    ) async throws {
        do {
            try await client.subscribe(channels: [keys.commands(for: worker)], isListening: isListening) { messages in
                for message in messages {
                    if let command = self.command(in: message.payload) { await handle(command) }
                }
            }
        } catch {
            throw StoreError.translating(error, client.configuration)
        }
    }

    private func command(in payload: [UInt8]) -> RQCommand? {
        do {
            let command = try RQCommand(payload: payload)
            switch command {
            case .stopJob(let id): if held.contains(where: { $0.id == id }) { identity.stop(id) }
            case .stopExecution(let execution, let id):
                if held.contains(where: { $0.execution == execution && $0.id == id }) { identity.stop(id) }
            case .shutdown, .killHorse: break
            }
            return command
        } catch {
            logger.warning("A command was passed over", metadata: ["error": "\(error)"])
            return nil
        }
    }

    /// Sends a command to a worker. Nobody replies.
    ///
    /// - Returns: whether anybody listened.
    @discardableResult
    public func send(_ command: RQCommand, to worker: String) async throws -> Bool {
        try await send(RESPCommand("PUBLISH", keys.commands(for: worker), command.payload)).integer ?? 0 > 0
    }

    /// Has a job that runs stopped by its worker, as RQ's `send_stop_job_command`.
    ///
    /// - Returns: whether it runs, and its worker listens.
    @discardableResult
    public func stop(_ job: TaskID) async throws -> Bool {
        var question = RESPCommand("HMGET", keys.job(job))
        question.append(contentsOf: ["status", "worker_name"])
        let answer = try await send(question).elements ?? []
        guard answer.count == 2, answer[0].text == RQStatus.started.rawValue, let worker = answer[1].text else {
            return false
        }
        return try await send(.stopJob(job), to: worker)
    }

    // MARK: Pausing

    /// Has all workers, Python's and ours, claim nothing more. What runs goes on.
    ///
    /// - Parameter duration: in whole seconds; `nil` = until ``resume()``.
    public func suspend(for duration: Duration? = nil) async throws {
        var command = RESPCommand("SET", keys.suspended, 1)
        if let duration { command.append(contentsOf: ["EX", String(max(1, duration.components.seconds))]) }
        _ = try await send(command)
    }

    /// Lets workers claim again.
    public func resume() async throws { _ = try await send(RESPCommand("DEL", keys.suspended)) }
}
