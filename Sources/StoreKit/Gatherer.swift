package import CeleriacCore
import Synchronization

/// Combines simultaneous requests into one call to the server: while a call is running, new requests queue up, and go
/// out together. A lone request goes at once.
///
/// Each caller has one deadline, which includes its wait in the queue. A call to the server ends at the deadline of its
/// oldest request; requests with much more time left stay for the next call.
///
/// A cancelled caller still gets its answer: the result of its request, or the error.
package final class Gatherer<Request: Sendable, Answer: Sendable>: Sendable {
    package typealias Perform = @Sendable ([Request], _ deadline: Duration) async throws -> [Answer]

    private struct Job {
        let request: Request
        /// By the clock's `uptime`.
        let due: Duration
        let caller: UnsafeContinuation<Answer, any Error>
    }

    private struct State {
        var waiting: [Job] = []
        var isUnderWay = false
    }

    private let state = Guarded(State())
    private let most: Int
    private let deadline: Duration
    private let size: @Sendable (Request) -> Int
    private let executor: any TaskExecutor
    private let clock: any TimeSource
    /// How much earlier than its own deadline a request may end because of another request in the same call.
    private let leeway: Duration

    /// - Parameters:
    ///   - most: the size of a call; no further request joins a call that has reached it.
    ///   - size: returns the size of a request.
    ///   - deadline: the longest time that a caller waits.
    ///   - executor: the executor that runs the calls.
    package init(
        most: Int, deadline: Duration, on executor: any TaskExecutor, clock: any TimeSource = SystemTime(),
        size: @escaping @Sendable (Request) -> Int
    ) {
        self.clock = clock
        leeway = deadline / 10
        self.executor = executor
        self.most = most
        self.deadline = deadline
        self.size = size
    }

    /// - Parameters:
    ///   - rest: the part of the caller's deadline that is left; `nil` means all of it.
    ///   - perform: runs several requests at once; the same for every caller.
    package func submit(
        _ request: Request, within rest: Duration? = nil, _ perform: @escaping Perform
    ) async throws -> Answer {
        let due = clock.uptime + (rest ?? deadline)
        // Unsafe only because nothing checks the count: each job is taken out of the queue once, and `drain` resumes
        // all that it takes.
        return try await withUnsafeThrowingContinuation { caller in
            let mustStart = state.withLock { state in
                state.waiting.append(Job(request: request, due: due, caller: caller))
                defer { state.isUnderWay = true }
                return !state.isUnderWay
            }
            // Not the caller's own task: cancelling it must not cancel the others.
            if mustStart { Task(executorPreference: executor) { await self.drain(perform) } }
        }
    }

    /// The number of requests that wait for the next call.
    package var count: Int { state.withLock { $0.waiting.count } }

    private func drain(_ perform: Perform) async {
        while var batch = next() {
            let now = clock.uptime
            if let earliest = batch.lazy.map(\.due).min(), earliest <= now { refuseLate(in: &batch, now) }
            guard let due = batch.lazy.map(\.due).min() else { continue }
            do {
                let answers = try await perform(batch.map(\.request), due - now)
                for (job, answer) in zip(batch, answers) { job.caller.resume(returning: answer) }
            } catch {
                for job in batch { job.caller.resume(throwing: error) }
            }
        }
    }

    private func next() -> [Job]? {
        state.withLock { state in
            guard let oldest = state.waiting.first else {
                state.isUnderWay = false
                return nil
            }
            let last = oldest.due + leeway
            var total = 0
            let count = state.waiting.prefix { job in
                defer { total += size(job.request) }
                return total < most && job.due <= last
            }.count
            // Usually it takes all of them, which then need not be copied.
            var batch: [Job] = []
            swap(&batch, &state.waiting)
            if count < batch.count {
                state.waiting = Array(batch[count...])
                batch.removeSubrange(count...)
            }
            return batch
        }
    }

    private func refuseLate(in batch: inout [Job], _ now: Duration) {
        for job in batch where job.due <= now { job.caller.resume(throwing: Self.tooLate(deadline)) }
        batch.removeAll { $0.due <= now }
    }

    private static func tooLate(_ deadline: Duration) -> BrokerError {
        BrokerError(.deadlineExceeded, "the server did not answer earlier requests for \(deadline); nothing was sent")
    }
}
