package import CeleriacCore
package import Logging
package import RESPClient

/// The connection of a broker to one server. It checks the server once, and reports errors as ``BrokerError``.
package final class ServerLink: Sendable {
    package let client: RESPClient
    package let logger: Logger
    package let check = ServerCheck()
    private let isChecked: Bool

    /// - Parameter isChecked: whether a server that may lose messages, or is too old, is refused.
    package init(_ client: RESPClient, isChecked: Bool, _ logger: Logger) {
        self.client = client
        self.isChecked = isChecked
        self.logger = logger
    }

    /// Sends one command after the server has passed the check.
    ///
    /// - Parameter isShielded: whether to wait for the answer even in a cancelled task.
    /// - Throws: ``BrokerError``; `CancellationError` when cancelled, unless it is shielded.
    package func send(
        _ command: RESPCommand, deadline: Duration? = nil, isShielded: Bool = false
    ) async throws -> RESPValue {
        try await translating(deadline, of: command) {
            try await client.send(command, deadline: $0, isShielded: isShielded)
        }
    }

    /// Sends commands in one flush. The error of a single command is one of the answers.
    package func send(
        _ commands: [RESPCommand], deadline: Duration? = nil, isShielded: Bool = false
    ) async throws -> [RESPValue] {
        try await translating(deadline) { try await client.send(commands, deadline: $0, isShielded: isShielded) }
    }

    /// - Throws: ``BrokerError`` for the first answer that is an error.
    package func throwFirstError(in answers: [RESPValue]) throws(BrokerError) {
        for case .error(let error) in answers { throw StoreError.translating(error, client.configuration) }
    }

    /// Runs a script and waits for its end even in a cancelled task: the caller must know what was done.
    package func run(
        _ script: RESPScript, keys: RESPWords, _ arguments: RESPWords, deadline: Duration? = nil
    ) async throws -> RESPValue {
        try await translating(deadline) {
            try await client.run(script, keys: keys, arguments: arguments, deadline: $0, isShielded: true)
        }
    }

    /// Runs `body` to its end, whether or not the current task is cancelled.
    package func shielded<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await Task(executorPreference: client.executor) { try await body() }.value
    }

    /// - Parameter deadline: the limit for the check of the server; `nil` for the configuration's.
    /// - Returns: the time that is left of the deadline.
    /// - Throws: ``BrokerError`` if the server was found unfit, or could not be asked in time.
    @discardableResult
    package func pass(within deadline: Duration? = nil) async throws -> Duration? {
        guard isChecked, !check.isFit else { return deadline }
        let due = ContinuousClock.now + (deadline ?? client.configuration.deadline)
        try await check.pass(self, by: due)
        return due - .now
    }

    private func translating<Value: Sendable>(
        _ deadline: Duration?, of command: RESPCommand? = nil, _ body: (_ rest: Duration?) async throws -> Value
    ) async throws -> Value {
        let rest = try await pass(within: deadline)
        if let rest, rest <= .zero {
            throw BrokerError(
                .deadlineExceeded,
                "redis at \(StoreError.place(client.configuration)): the deadline passed before the command was sent")
        }
        do { return try await body(rest) } catch {
            throw StoreError.translating(error, of: command, client.configuration)
        }
    }
}
