import NIOCore
import Synchronization

/// Connections for commands that block: each is lent to one command at a time, and then kept for the next.
final class ConnectionStock: Sendable {
    /// The maximum number of idle connections that are kept.
    static let capacity = 8
    /// How much later than the command's own timeout its answer may arrive.
    static let grace = Duration.seconds(2)

    private let connector: Connector
    private let configuration: RESPConfiguration
    private let idle = Mutex<[RESPConnection]>([])

    init(_ connector: Connector) {
        self.connector = connector
        configuration = connector.configuration
    }

    func answer(to command: RESPCommand, timeout: Duration) async throws -> RESPValue {
        let due = NIODeadline.after(configuration.deadline)
        var backoff = Backoff()
        while true {
            do {
                return try await answer(to: command, timeout: timeout, on: try await connection(due: due))
            } catch let error as RESPError where error.isRetriable && !due.isPast(.now()) {
                try await Pause.sleep(backoff.next())
            }
        }
    }

    /// Lends an idle connection, or connects; repeats failed attempts until `due`.
    private func connection(due: NIODeadline) async throws -> RESPConnection {
        while let connection = idle.withLock({ $0.popLast() }) {
            if connection.isActive { return connection }
        }
        return try await connector.connectPatiently(for: .blocking, due: due)
    }

    private func answer(
        to command: RESPCommand, timeout: Duration, on connection: RESPConnection
    ) async throws -> RESPValue {
        do {
            let due = NIODeadline.after(timeout + Self.grace)
            guard case .one(let value) = try await connection.answer(to: .one(command), due: due) else { return .null }
            if case .error(let error) = value { throw Self.failure(of: error) }
            giveBack(connection)
            return value
        } catch let error as RESPError where error.code == .server && !error.isTransient {
            giveBack(connection)
            throw error
        } catch {
            // Cancelled, late, or the server changed its role: answers that still arrive here would belong to no call.
            connection.close(RESPError(.connectionLost, "the connection was closed by this client"))
            throw error
        }
    }

    private static func failure(of error: RESPServerError) -> RESPError {
        guard error.kind == "UNBLOCKED" else { return RESPError.from(error) }
        return RESPError(.connectionLost, "the server changed its role", server: error)
    }

    private func giveBack(_ connection: RESPConnection) {
        let isKept = idle.withLock { idle in
            idle.removeAll { !$0.isActive }
            if idle.count < Self.capacity { idle.append(connection) }
            return idle.last === connection
        }
        if !isKept { connection.close(.clientClosed) }
    }
}
