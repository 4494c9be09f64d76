import AMQPClient
import CeleriacCore
import Logging
import Synchronization

/// A connection that is made when it is first needed, and made again when it has ended.
///
/// While a server is short of memory it reads nothing from connections that publish, so a store has one line for
/// publishing and another one for consuming.
final class Line: Sendable {
    let configuration: AMQPConfiguration
    private let current: Renewed<AMQPConnection>

    init(_ configuration: AMQPConfiguration, _ logger: Logger) {
        self.configuration = configuration
        current = Renewed(isOpen: { $0.closure == nil }) {
            try await AMQPConnection.connect(configuration, logger: logger)
        }
    }

    /// The open connection. Concurrent callers share one attempt to connect.
    ///
    /// - Throws: `AMQPError`; ``BrokerError`` with code `closed` after ``close()``.
    func connection() async throws -> AMQPConnection { try await current.value() }

    /// Opens a channel, on a new connection if the last one has ended.
    func openChannel() async throws -> AMQPChannel { try await connection().openChannel() }

    /// Runs calls that the server may refuse, which closes the channel, on a channel of their own.
    func onChannel<Value: Sendable>(_ calls: (AMQPChannel) async throws -> Value) async throws -> Value {
        let channel = try await openChannel()
        let value = try await calls(channel)
        try await channel.close()
        return value
    }

    /// A channel that is shared by calls that the server does not refuse: a refusal ends the calls of all.
    func sharedChannel() -> Renewed<AMQPChannel> {
        Renewed(isOpen: { $0.closure == nil }) { [self] in try await openChannel() }
    }

    /// Closes the connection for good.
    func close() async { await current.close()?.close() }
}
