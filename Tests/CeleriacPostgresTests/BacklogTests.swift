import CeleriacCore
import StoreKit
import Testing

@testable import CeleriacPostgres

@Suite("A backlog slows nothing down", .serialized, .timeLimit(.minutes(15)))
struct BacklogTests {
    private static let batch = 256

    @Test("claims and ends of 256 calls touch hardly more pages when 200,000 messages wait than when 10,000 do")
    func pages() async throws {
        let few = try await pages(at: 10_000)
        let many = try await pages(at: 200_000)
        print("pages of a claim, at 10,000: \(few.claim.summary)\nat 200,000: \(many.claim.summary)")
        print("pages of ends, at 10,000: \(few.end.summary)\nat 200,000: \(many.end.summary)")
        #expect(Double(many.claim.total) <= 1.2 * Double(few.claim.total))
        #expect(Double(many.end.total) <= 1.2 * Double(few.end.total))
    }

    /// The pages that a claim touches, and those that the end of what it has claimed does.
    private func pages(at backlog: Int) async throws -> (claim: [String: Int64], end: [String: Int64]) {
        try await Stores.withStillStore { store, _, _ in
            try await store.stopAutovacuum()
            try await store.fill(with: backlog)
            // The first claim also looks for what is due and what has lapsed.
            try await end(store.claimed(Self.batch), store)
            var claimed: [ClaimedMessage] = []
            let claim = try await store.pages { claimed = try await store.claimed(Self.batch) }
            #expect(claimed.count == Self.batch)
            return (claim, try await store.pages { try await end(claimed, store) })
        }
    }

    private func end(_ claimed: [ClaimedMessage], _ store: PostgresStore) async throws {
        let ends = claimed.map { message in
            Completion(
                receipt: message.receipt, settlement: .ack,
                change: StateChange(id: message.message.id, state: .success, at: store.time.now))
        }
        #expect(try await store.complete(ends) == [])
    }
}
