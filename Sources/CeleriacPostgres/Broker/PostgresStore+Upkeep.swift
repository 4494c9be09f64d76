import CeleriacCore
import PostgresClient

extension PostgresStore {
    public func run() async throws {
        var rounds = 0
        do {
            while true {
                do { try await tidy(round: rounds) } catch let error as BrokerError where error.isTransient {}
                rounds += 1
                try await time.sleep(for: .seconds(.random(in: 4...6)))
            }
        } catch is CancellationError {}
    }

    private func tidy(round: Int) async throws {
        while try await !sweep() { try Task.checkCancellation() }
        try await promoteAll()
        try await expireRecords()
        while try await deleteExpiredChords() { try Task.checkCancellation() }
        for sql in [SQL.expireWorkers, .expireRevocations, .expireReservations, .expireLimits, .expireMail] {
            _ = try await run(sql, on: .relaxed)
        }
        if round.isMultiple(of: 12) {
            do { try await compareClocks() } catch { throw StoreError.translating(error, address) }
        }
    }

    /// Makes due messages ready in queues that no worker serves right now, so that counts and lists show them so.
    private func promoteAll() async throws {
        let queues = try await queues()
        guard !queues.isEmpty else { return }
        _ = try await run(.promote, .texts(queues.map(\.rawValue)), on: .relaxed)
    }

    /// Walks on through the calls, as long as it finds records to delete, and a little further.
    private func expireRecords() async throws {
        var (walksOn, vain) = (false, 0)
        while vain < Self.mostVainLooks {
            guard let row = try await run(.expireRecords, .bool(walksOn), on: .relaxed).first else { return }
            let (count, isAtEnd) = (try row.int(0), try row.bool(1))
            if isAtEnd { return }
            vain = count == 0 ? vain + 1 : 0
            walksOn = true
            try Task.checkCancellation()
        }
    }

    private static var mostVainLooks: Int { 5 }

    /// - Returns: whether there may be more.
    private func deleteExpiredChords() async throws -> Bool {
        try await transaction(on: .relaxed) { session in
            let numbers = try await session.run(.expiredChords, .int(1_000)).map { try $0.int(0) }
            try await session.deleteChords(numbers)
            return numbers.count == 1_000
        }
    }
}
