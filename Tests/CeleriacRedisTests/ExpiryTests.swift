import CeleriacCore
import Foundation
import RESPClient
import Testing

@testable import CeleriacRedis

@Suite("What goes by itself", .oneServer, .timeLimit(.minutes(15)))
struct ExpiryTests {
    @Test("the keys of a limit go when nobody asks any more")
    func limits() async throws {
        let store = try Stores.inRealTime(prefix: Stores.prefix())
        #expect(try await store.reserveStart(of: "a", under: "mail", every: .seconds(60)) == nil)
        let start = try #require(try await store.reserveStart(of: "b", under: "mail", every: .seconds(60)))
        #expect((0...60).contains(start.timeIntervalSinceNow))
        let left = try await store.send(store.keys.limit("mail").map { RESPCommand("PTTL", $0) })
        #expect((1...122_000).contains(left[0].integer ?? 0))
        #expect((3_600_000...3_660_000).contains(left[1].integer ?? 0))
        await store.close()
    }

    @Test("the lines of workers go when the last of them has fallen silent")
    func workers() async throws {
        let store = try Stores.inRealTime(prefix: Stores.prefix())
        let now = Date()
        for (name, span) in [("gone@host", -1.0), ("a@host", 30.0)] {
            let expires = now.addingTimeInterval(span)
            try await store.beat(
                WorkerStatus(name: name, host: "host", pid: 1, startedAt: now, lastBeat: now, expires: expires))
        }
        #expect(try await store.workers().map(\.name) == ["a@host"])
        let left = try await store.send(store.keys.workers.map { RESPCommand("TTL", $0) })
        #expect(left.allSatisfy { (1...32).contains($0.integer ?? 0) })
        await store.close()
    }
}
