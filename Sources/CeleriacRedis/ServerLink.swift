import CeleriacCore
import Logging
import RESPClient

/// The way to one server, in a broker's words: asks once whether it is fit, and says what went wrong as ``BrokerError``.
final class ServerLink: Sendable {
    let client: RESPClient
    let logger: Logger
    let check = ServerCheck()
    private let isChecked: Bool

    /// - Parameter isChecked: whether a server that may lose messages is refused.
    init(_ client: RESPClient, isChecked: Bool, _ logger: Logger) {
        self.client = client
        self.isChecked = isChecked
        self.logger = logger
    }

    /// Sends one command, once the server has been found fit.
    ///
    /// - Throws: ``BrokerError``; `CancellationError` when cancelled.
    func send(_ command: RESPCommand, deadline: Duration? = nil) async throws -> RESPValue {
        try await pass()
        do { return try await client.send(command, deadline: deadline) } catch {
            throw StoreError.translating(error, of: command, client.configuration)
        }
    }

    /// Sends commands in one flush. Errors of single ones stand among the answers.
    func send(_ commands: [RESPCommand], deadline: Duration? = nil) async throws -> [RESPValue] {
        try await translating { try await self.client.send(commands, deadline: deadline) }
    }

    /// Runs a script. Its end is waited for even in a cancelled task: whoever asked must know what was done.
    func run(
        _ script: RESPScript, keys: RESPWords, _ arguments: RESPWords, deadline: Duration? = nil
    ) async throws -> RESPValue {
        try await shielded {
            try await self.translating {
                try await self.client.run(script, keys: keys, arguments: arguments, deadline: deadline)
            }
        }
    }

    /// Does something to its end, be the current task cancelled or not.
    func shielded<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await Task(executorPreference: client.executor) { try await body() }.value
    }

    /// - Throws: ``BrokerError`` if the server has been found unfit, or could not be asked.
    func pass() async throws {
        if isChecked { try await check.pass(self) }
    }

    private func translating<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        try await pass()
        do { return try await body() } catch { throw StoreError.translating(error, client.configuration) }
    }
}
