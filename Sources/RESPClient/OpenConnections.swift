import NIOCore
import Synchronization

/// All open connections of a client, so that closing the client closes them.
final class OpenConnections: Sendable {
    private struct State {
        var connections: [ObjectIdentifier: RESPConnection] = [:]
        var isClosed = false
    }

    private let state = Mutex(State())

    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Adds a connection. If the client was closed meanwhile, closes the connection and throws.
    func add(_ connection: RESPConnection) throws {
        let id = ObjectIdentifier(connection)
        let isClosed = state.withLock { state in
            if !state.isClosed { state.connections[id] = connection }
            return state.isClosed
        }
        guard !isClosed else {
            connection.close(.clientClosed)
            throw RESPError.clientClosed
        }
        connection.channel.closeFuture.whenComplete { [weak self] _ in
            self?.state.withLock { $0.connections[id] = nil }
        }
    }

    /// Closes all connections; none can be added afterwards.
    @discardableResult func close() -> [RESPConnection] {
        let connections = state.withLock { state in
            state.isClosed = true
            return Array(state.connections.values)
        }
        for connection in connections { connection.close(.clientClosed) }
        return connections
    }
}
