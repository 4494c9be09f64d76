public import CeleriacCore
public import PostgresClient
import StoreKit

extension PostgresStore: EffectStore {
    /// The transaction lasts as long as the attempt; its statements have the deadline of the URL each.
    public func beginEffect() async throws -> PostgresTransaction {
        try await check()
        do { return try await open.begin(within: Self.longestEffect) } catch {
            throw StoreError.translating(error, address)
        }
    }

    public func commit(_ completion: Completion?, in transaction: PostgresTransaction) async throws -> Bool {
        do {
            guard let completion else {
                try await transaction.commit()
                return true
            }
            let stored = StoredCompletion(completion)
            guard try await guest(in: transaction).end(composite: [stored]).contains(completion.receipt.message) else {
                await transaction.rollback()
                return false
            }
            try await transaction.commit()
            announce([stored])
            return true
        } catch let error as PostgresError {
            await transaction.rollback()
            throw StoreError.translating(error, address)
        }
    }

    public func rollBack(_ transaction: PostgresTransaction) async { await transaction.rollback() }

    /// A day: the attempt's own time limits end it earlier.
    private static var longestEffect: Duration { .days(1) }
}
