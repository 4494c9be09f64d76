import AMQPClient
import CeleriacCore
import Logging
import Synchronization

/// The connections of the listeners of one store, each of which has its own.
///
/// An exclusive queue belongs to its connection, so the server refuses a second node of one name even if both are in
/// one process. The connection is closed with its listener, and its queues are gone at once.
final class Listeners: Sendable {
    private struct State {
        var connections: [ObjectIdentifier: AMQPConnection] = [:]
        var isClosed = false
    }

    private let configuration: AMQPConfiguration
    private let logger: Logger
    private let state = Guarded(State())

    init(_ configuration: AMQPConfiguration, _ logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    /// Connects for the scope of `body`.
    ///
    /// - Parameter largestBody: longer bodies are skipped while they arrive.
    /// - Throws: `AMQPError`, with code `closed` after ``close()``; what `body` throws.
    func withConnection(largestBody: Int, _ body: (AMQPConnection) async throws -> Void) async throws {
        try check()
        var configuration = configuration
        configuration.largestBody = min(configuration.largestBody, largestBody)
        let connection = try await AMQPConnection.connect(configuration, logger: logger)
        let isClosed = state.withLock { state in
            state.connections[ObjectIdentifier(connection)] = connection
            return state.isClosed
        }
        let result: Result<Void, any Error>
        do { result = isClosed ? .failure(Self.closed) : .success(try await body(connection)) } catch {
            result = .failure(error)
        }
        state.withLock { _ = $0.connections.removeValue(forKey: ObjectIdentifier(connection)) }
        await connection.close()
        try result.get()
    }

    /// Ends all listeners, and refuses further ones.
    func close() async {
        let connections = state.withLock { state in
            state.isClosed = true
            return Array(state.connections.values)
        }
        for connection in connections { await connection.close() }
    }

    private func check() throws {
        if state.withLock({ $0.isClosed }) { throw Self.closed }
    }

    static let closed = AMQPError(.closed, "the store was closed by this process")
}
