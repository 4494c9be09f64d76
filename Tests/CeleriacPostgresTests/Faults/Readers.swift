import PostgresClient
import Synchronization

/// Sessions that read all calls again and again, each reading in one snapshot.
final class Readers: Sendable {
    private let client: PostgresClient
    private let reads = Mutex<[Int]>([])

    init(_ field: FaultField) {
        var configuration = field.other
        configuration.mostConnections = 8
        client = PostgresClient(configuration)
    }

    deinit { client.close() }

    /// How often the slowest of them has read.
    var fewest: Int { reads.withLock { $0.min() ?? 0 } }
    var total: Int { reads.withLock { $0.reduce(0, +) } }

    /// Runs `body` while so many of them read.
    func run(_ count: Int, while body: () async throws -> Void) async throws {
        reads.withLock { $0 = Array(repeating: 0, count: count) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for reader in 0..<count { group.addTask { try await self.read(as: reader) } }
            try await body()
            group.cancelAll()
        }
    }

    private func read(as reader: Int) async throws {
        while !Task.isCancelled {
            try await client.withTransaction { transaction in
                try await transaction.query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                for statement in Self.statements { try await transaction.query(statement) }
            }
            reads.withLock { $0[reader] += 1 }
        }
    }

    private static let statements = [
        "SELECT count(*), sum(length(headers) + length(body)), max(recorded_at) FROM celeriac.call",
        "SELECT coalesce(state, 'PENDING'), count(*), min(place) FROM celeriac.call GROUP BY 1 ORDER BY 2 DESC",
    ]
}
