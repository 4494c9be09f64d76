import Celeriac
import CeleriacCore
import Foundation
import RedisUnderTest
import TestKit
import Testing

/// Two real workers on one queue: what one holds ahead of its slot does not wait for it.
@Suite("Two workers share", .serialized, .timeLimit(.minutes(15)))
struct SharingTests {
    @Test("while one runs a task without an end in its only slot, the other runs everything else, in SQLite")
    func sqlite() async throws {
        let field = try Field()
        defer { field.clear() }
        try await Self.expectSharing(field)
    }

    @Test("while one runs a task without an end in its only slot, the other runs everything else, in Redis")
    func redis() async throws {
        try await RedisServer.run { server in
            let field = try Field(server: server.url)
            defer { field.clear() }
            try await Self.expectSharing(field)
        }
    }

    /// The lease outlasts the test, so that only the first worker itself can let go of what it holds.
    static func expectSharing(_ field: Field) async throws {
        let app = try field.app()
        let blocked = try field.startWorker(concurrency: 1, lease: .hours(1))
        defer { blocked.kill() }
        try await blocked.waitUntilReady()
        // Short tasks open its window.
        for result in try await app.send(shortCalls(200)) { _ = try await result.get(timeout: .seconds(60)) }
        try await app.send(Signature<Int>("crash.hold", .none))
        while try await app.queue(.default).counts.leased != 1 { try await Pause.briefly() }

        let rest = try await app.send(shortCalls(50))
        let other = try field.startWorker(concurrency: 1, lease: .hours(1))
        defer { other.kill() }
        for result in rest { _ = try await result.get(timeout: .seconds(60)) }
        #expect(blocked.isRunning)
        let (starts, _) = try field.journal()
        #expect(starts.count == 250, "a task ran twice")
        #expect(try await app.queue(.default).counts.leased == 1)
    }

    /// Calls of a task that ends at once.
    private static func shortCalls(_ count: Int) -> [Signature<Int>] {
        (0..<count).map { Signature<Int>("crash.mark", EncodedArguments(args: [.integer(Int64(20 * $0))])) }
    }
}
