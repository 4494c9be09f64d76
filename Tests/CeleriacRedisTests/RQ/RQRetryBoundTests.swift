import CeleriacCore
import CeleriacTesting
import CeleriacRQWire
import Foundation
import RESPClient
import Testing

@testable import CeleriacRQ

@Suite("How often a job of RQ's is tried again", .oneServer, .timeLimit(.minutes(15)))
struct RQRetryBoundTests {
    private let time = ManualTime()

    @Test("a job of RQ's is tried again no more often than the store grants")
    func bounded() async throws {
        let store = try RQStores.inVirtualTime(time) { $0.mostRetries = 3 }
        var job = try RQEnqueueLayoutTests.job("a")
        (job.retriesLeft, job.retryIntervals) = (1_000_000, [.zero])
        try await store.enqueue([RQEnqueueing(job, to: "default")])
        for attempt in 1...3 {
            try await fail("a", attempt, in: store)
            #expect(try await store.status(of: "a") == "queued")
        }
        try await fail("a", 4, in: store)
        #expect(try await store.status(of: "a") == "failed")
        await store.close()
    }

    @Test("after ten retries of a job each further one waits for a second at least")
    func leastPause() async throws {
        let store = try RQStores.inVirtualTime(time)
        var job = try RQEnqueueLayoutTests.job("a")
        (job.retriesLeft, job.retryIntervals) = (.max, [.zero])
        try await store.enqueue([RQEnqueueing(job, to: "default")])
        for attempt in 1...10 { try await fail("a", attempt, in: store) }
        #expect(try await store.status(of: "a") == "queued")
        try await fail("a", 11, in: store)
        #expect(try await store.status(of: "a") == "scheduled")
        await time.advance(by: .seconds(2))
        try await store.schedule()
        try await fail("a", 12, in: store)
        await store.close()
    }

    private func fail(_ id: TaskID, _ attempt: Int, in store: RQStore) async throws {
        try await store.consume { consumer in
            let delivery = try await consumer.claimOne(from: "default")
            #expect(delivery.id == id && delivery.envelope.attempt == attempt)
            let change = StateChange(id: id, state: .failure, attempt: attempt, at: time.now)
            let completion = Completion(
                receipt: delivery.receipt, settlement: .deadLetter(reason: "no"), change: change)
            #expect(try await store.complete([completion]).isEmpty)
        }
    }
}
