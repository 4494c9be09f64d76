import CeleriacCore
import PostgresClient
import PostgresUnderTest
import Testing

@testable import CeleriacPostgres

@Suite("What lost against another transaction is tried again")
struct RepetitionTests {
    @Test("no longer than its deadline, and each try is given what is left of it")
    func deadline() async throws {
        try await Stores.withStore { store, _, _ in
            try await store.migrate()
            var rests: [Duration] = []
            let error = await #expect(throws: BrokerError.self) {
                try await store.repeating(within: .milliseconds(100)) { rest in
                    rests.append(rest)
                    try await Task.sleep(for: .milliseconds(40))
                    throw Self.lost
                }
            }
            #expect(error?.code == .busy)
            #expect(rests.count < 10 && rests.count > 0)
            #expect(rests == rests.sorted(by: >) && rests.allSatisfy { $0 <= .milliseconds(100) })
        }
    }

    @Test("no more than ten times")
    func tries() async throws {
        try await Stores.withStore { store, _, _ in
            var count = 0
            await #expect(throws: BrokerError.self) {
                try await store.repeating { _ in
                    count += 1
                    throw Self.lost
                }
            }
            #expect(count == 10)
        }
    }

    private static let lost = PostgresError(.server, "deadlock detected", sqlState: "40P01")
}
