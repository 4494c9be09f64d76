import Celeriac
import CeleriacCore
import CeleriacRQ
import Testing

extension Interop.RQ {
    /// What is said in RQ's words here and heeded here, with RQ's keys between.
    @Suite("A Swift worker heeds RQ's words from Swift", .serialized)
    struct SwiftCallsSwift: RQLive {
        var queue: Queue { app.queue("default") }

        /// The lines that the callbacks of a job have written.
        func told(_ id: String) -> [String] {
            scratch.lines("journal").filter { $0.split(separator: " ").dropFirst().first == Substring(id) }
        }
    }
}

extension Interop.RQ.SwiftCallsSwift {
    @Test("callbacks run for success, and after each failed attempt", .timeLimit(.minutes(15)))
    func callbacks() async throws {
        let good = try await queue.enqueue(
            "swift.add", args: [20, 1], id: "own-good", onSuccess: JobCallback("swift.succeeded"),
            onFailure: JobCallback("swift.failed"))
        #expect(try await good.get(timeout: limit) == 21)
        #expect(told("own-good") == ["succeeded own-good 21"])
        let bad = try await queue.enqueue(
            "swift.fail", args: ["burnt"], id: "own-bad", retry: JobRetry(max: 1),
            onFailure: JobCallback("swift.failed"))
        await #expect(throws: TaskFailure.self) { try await bad.get(timeout: limit) }
        #expect(told("own-bad").count == 2)
    }

    @Test("a job waits for those that it depends on, across the languages", .timeLimit(.minutes(15)))
    func dependencies() async throws {
        let gate = scratch.gate()
        let first = try await app.queue("simple").enqueue("rqtasks.hold", args: [.string(gate.path)])
        let second = try await queue.enqueue("swift.add", args: [1, 1], dependsOn: [first])
        #expect(try await second.job.status == .deferred)
        try gate.open()
        #expect(try await second.get(timeout: limit) == 2)
    }

    @Test("a job repeats, and each end is a result", .timeLimit(.minutes(15)))
    func repetition() async throws {
        let job = try await queue.enqueue("swift.add", args: [2, 2], repeat: JobRepeat(times: 2)).job
        try await waitUntil { try await job.results.count == 3 }
        #expect(try await job.results.map(\.returnValue) == [4, 4, 4])
    }
}
