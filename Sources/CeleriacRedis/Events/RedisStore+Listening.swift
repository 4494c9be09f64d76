import CeleriacCore
import RESPClient
import RedisKit

extension RedisStore {
    /// Listens to channels and patterns once the server has passed the check, and reconnects after broken connections.
    ///
    /// - Throws: ``BrokerError``; `CancellationError` when cancelled.
    func subscribe(
        channels: [String] = [], patterns: [String] = [], isListening: @escaping @Sendable () async -> Void,
        _ handle: @escaping @Sendable ([RESPMessage]) async -> Void
    ) async throws {
        try await server.pass()
        do {
            try await client.subscribe(channels: channels, patterns: patterns, isListening: isListening, handle)
        } catch {
            throw StoreError.translating(error, client.configuration)
        }
    }
}
