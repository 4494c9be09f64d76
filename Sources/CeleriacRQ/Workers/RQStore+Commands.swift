public import CeleriacCore
package import CeleriacRQWire
import Logging
import RESPClient
import RedisKit
import StoreKit

/// RQ's commands to workers, and the suspension of all workers. Source: RQ 3.0.0, `command.py`, `suspension.py`.
extension RQStore {
    /// Receives the commands for a worker until cancelled, and reconnects after broken connections.
    ///
    /// If this process runs a job that is to be stopped, the job is revoked, so that the worker cancels it; its end is
    /// then RQ's `stopped`. ``run()`` does this much by itself for the worker that sends heartbeats. Messages that are
    /// no commands of RQ's are ignored.
    ///
    /// - Parameters:
    ///   - worker: the name in the worker's heartbeats.
    ///   - isListening: called each time that commands begin to arrive: at first, and after each new connection.
    ///   - handle: called with each command, one after the other. If none of our workers runs, it must carry out
    ///     `kill-horse` and `shutdown` itself.
    package func serveCommands(
        as worker: String, isListening: @escaping @Sendable () async -> Void = {},
        _ handle: @escaping @Sendable (RQCommand) async -> Void
    ) async throws {
        try await hear(worker, isListening: isListening) { command in
            await self.stopHeld(by: command)
            await handle(command)
        }
    }

    private func hear(
        _ worker: String, isListening: @escaping @Sendable () async -> Void,
        _ handle: @escaping @Sendable (RQCommand) async -> Void
    ) async throws {
        do {
            try await client.subscribe(channels: [keys.commands(for: worker)], isListening: isListening) { messages in
                for message in messages {
                    guard let command = self.command(in: message.payload) else { continue }
                    await handle(command)
                }
            }
        } catch {
            throw StoreError.translating(error, client.configuration)
        }
    }

    private func command(in payload: [UInt8]) -> RQCommand? {
        do { return try RQCommand(payload: payload) } catch {
            logger.warning("A command was passed over", metadata: ["error": "\(error)"])
            return nil
        }
    }

    /// Stops the job that a command names, if this process runs it.
    private func stopHeld(by command: RQCommand) async {
        let held: RQHeld?
        switch command {
        case .shutdown, .killHorse: return
        case .stopJob(let id): held = self.held.first { $0.id == id }
        case .stopExecution(let execution, let id): held = self.held.first { $0.execution == execution && $0.id == id }
        }
        guard let held else { return }
        identity.stop(held.id)
        do { try await stopHere(held.id) } catch {
            logger.warning(
                "A job could not be stopped", metadata: ["task_id": "\(held.id)", "error": "\(error)"])
        }
    }

    /// Receives the commands for whichever worker sends heartbeats, unless that worker listens itself.
    func heedCommands() async throws {
        while true {
            guard let worker = identity.workerWithoutEar else {
                try await time.sleep(for: .seconds(1))
                continue
            }
            do {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await self.serveCommands(as: worker) { _ in } }
                    group.addTask { try await self.whileBeats(worker) }
                    defer { group.cancelAll() }
                    try await group.next()
                }
            } catch let error as BrokerError {
                logger.warning(
                    "RQ's commands cannot be listened to", metadata: ["worker": "\(worker)", "error": "\(error)"])
                try await time.sleep(for: .seconds(60))
            }
        }
    }

    private func whileBeats(_ worker: String) async throws {
        while identity.workerWithoutEar == worker { try await time.sleep(for: .seconds(1)) }
    }

    /// Sends a command to a worker. There is no reply.
    ///
    /// - Returns: whether anybody listened.
    @discardableResult
    package func send(_ command: RQCommand, to worker: String) async throws -> Bool {
        try await send(RESPCommand("PUBLISH", keys.commands(for: worker), command.payload)).integer ?? 0 > 0
    }

    /// Makes the worker of a running job stop it, as RQ's `send_stop_job_command` does.
    ///
    /// - Returns: whether the job runs and its worker listens.
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

    /// Stops all workers, Python's and ours, from claiming jobs. Running jobs go on.
    ///
    /// - Parameter duration: in whole seconds; `nil` for until ``resume()``.
    public func suspend(for duration: Duration? = nil) async throws {
        var command = RESPCommand("SET", keys.suspended, 1)
        if let duration { command.append(contentsOf: ["EX", String(max(1, duration.components.seconds))]) }
        _ = try await send(command)
    }

    /// Lets workers claim again.
    public func resume() async throws { _ = try await send(RESPCommand("DEL", keys.suspended)) }
}

/// RQ's commands `shutdown` and `kill-horse`. Jobs that are to be stopped are stopped separately.
extension RQStore: WorkerOrderChannel {
    public func serveOrders(
        of worker: String, isListening: @escaping @Sendable () async -> Void,
        _ handle: @escaping @Sendable (WorkerOrder) async -> Void
    ) async throws {
        identity.gainsEar(worker)
        defer { identity.losesEar(worker) }
        try await serveCommands(as: worker, isListening: isListening) { command in
            switch command {
            case .shutdown: await handle(.shutDown)
            case .killHorse: await handle(.killRunning)
            case .stopJob, .stopExecution: return
            }
        }
    }
}
