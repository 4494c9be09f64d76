import AMQPClient
import CeleriacCore
import Logging
import Synchronization

/// A connection that is made when it is first needed, and made again when it has ended.
///
/// While a server is short of memory it reads nothing from connections that publish, so a store has one line for
/// publishing and another one for consuming.
final class Line: Sendable {
    private struct State {
        var connection: AMQPConnection?
        var attempt: Task<AMQPConnection, any Error>?
        var isClosed = false
    }

    let configuration: AMQPConfiguration
    private let logger: Logger
    private let state = Guarded(State())

    init(_ configuration: AMQPConfiguration, _ logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    /// The open connection. Concurrent callers share one attempt to connect.
    ///
    /// - Throws: `AMQPError`; code `closed` after ``close()``.
    func connection() async throws -> AMQPConnection {
        let attempt = try state.withLock { state -> Task<AMQPConnection, any Error> in
            if state.isClosed { throw AMQPError(.closed, "the store was closed by this process") }
            if let connection = state.connection, connection.closure == nil { return Task { connection } }
            if let attempt = state.attempt { return attempt }
            let attempt = Task { try await self.connect() }
            state.attempt = attempt
            return attempt
        }
        return try await attempt.value
    }

    /// Opens a channel, on a new connection if the last one has ended.
    ///
    /// - Throws: `AMQPError`.
    func openChannel() async throws -> AMQPChannel { try await connection().openChannel() }

    private func connect() async throws -> AMQPConnection {
        let result: Result<AMQPConnection, any Error>
        do {
            result = .success(try await AMQPConnection.connect(configuration, logger: logger))
        } catch {
            result = .failure(error)
        }
        let isClosed = state.withLock { state in
            state.attempt = nil
            if case .success(let connection) = result, !state.isClosed { state.connection = connection }
            return state.isClosed
        }
        if isClosed, case .success(let connection) = result { await connection.close() }
        return try result.get()
    }

    /// Closes the connection for good.
    func close() async {
        let connection = state.withLock { state in
            state.isClosed = true
            defer { state.connection = nil }
            return state.connection
        }
        await connection?.close()
    }
}
