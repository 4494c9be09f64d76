import CeleriacCore
import Testing

@testable import CeleriacPostgres

@Suite("A backlog", .serialized, .timeLimit(.minutes(15)))
struct BacklogTests {
    private static let batch = 256

    @Test("a claim of 256 touches hardly more pages when 200,000 messages wait than when 10,000 do")
    func claims() async throws {
        let few = try await pages(at: 10_000)
        let many = try await pages(at: 200_000)
        print("a claim at 10,000: \(few.total) \(few)\nat 200,000: \(many.total) \(many)")
        #expect(Double(many.total) <= 1.2 * Double(few.total))
    }

    /// The pages that a claim touches.
    private func pages(at backlog: Int) async throws -> [String: Int64] {
        try await Stores.withStillStore { store, _, _ in
            try await store.stopAutovacuum()
            try await store.fill(with: backlog)
            _ = try await store.claimed(Self.batch)
            return try await store.pages {
                let claimed = try await store.claimed(Self.batch)
                #expect(claimed.count == Self.batch)
            }
        }
    }
}
