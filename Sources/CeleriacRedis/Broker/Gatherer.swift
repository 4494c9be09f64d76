import CeleriacCore
import Synchronization

/// Gathers what callers ask for at the same time into one call to the server: while one is under way the next ones queue
/// up, and go out together. A lone call goes at once.
///
/// A caller that is cancelled has its answer all the same: what was asked for is done, or it is known why not.
final class Gatherer<Request: Sendable, Answer: Sendable>: Sendable {
    typealias Perform = @Sendable ([Request], _ deadline: Duration) async throws -> [Answer]

    private struct Job {
        let request: Request
        let submitted: ContinuousClock.Instant
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

    /// - Parameters:
    ///   - most: the size of a call beyond which no further request joins it.
    ///   - size: of a request.
    ///   - deadline: how long a caller waits at most, roughly.
    ///   - executor: where the calls are made.
    init(
        most: Int, deadline: Duration, on executor: any TaskExecutor, size: @escaping @Sendable (Request) -> Int
    ) {
        self.executor = executor
        self.most = most
        self.deadline = deadline
        self.size = size
    }

    /// - Parameter perform: does several requests at once; the same for every caller.
    func submit(_ request: Request, _ perform: @escaping Perform) async throws -> Answer {
        // Unsafe only in that nobody counts: each job is taken out of the queue once, and `drain` resumes all that it takes.
        try await withUnsafeThrowingContinuation { caller in
            let mustStart = state.withLock { state in
                state.waiting.append(Job(request: request, submitted: .now, caller: caller))
                defer { state.isUnderWay = true }
                return !state.isUnderWay
            }
            // Not the caller's own task: its cancellation is not that of the others.
            if mustStart { Task(executorPreference: executor) { await self.drain(perform) } }
        }
    }

    private func drain(_ perform: Perform) async {
        while let batch = next() {
            let (late, timely) = Self.divided(batch, deadline)
            for job in late { job.caller.resume(throwing: Self.tooLate(deadline)) }
            guard let oldest = timely.first else { continue }
            let rest = max(deadline - (.now - oldest.submitted), .seconds(1))
            do {
                let answers = try await perform(timely.map(\.request), rest)
                for (job, answer) in zip(timely, answers) { job.caller.resume(returning: answer) }
            } catch {
                for job in timely { job.caller.resume(throwing: error) }
            }
        }
    }

    private func next() -> [Job]? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.isUnderWay = false
                return nil
            }
            var total = 0
            let count = state.waiting.prefix { job in
                defer { total += size(job.request) }
                return total < most
            }.count
            // Most often all of them, which then need not be copied.
            var batch: [Job] = []
            swap(&batch, &state.waiting)
            if count < batch.count {
                state.waiting = Array(batch[count...])
                batch.removeSubrange(count...)
            }
            return batch
        }
    }

    private static func divided(_ batch: [Job], _ deadline: Duration) -> (late: [Job], timely: [Job]) {
        let limit = ContinuousClock.now - deadline
        guard let oldest = batch.first, oldest.submitted <= limit else { return ([], batch) }
        return (batch.filter { $0.submitted <= limit }, batch.filter { $0.submitted > limit })
    }

    private static func tooLate(_ deadline: Duration) -> BrokerError {
        BrokerError(.deadlineExceeded, "the server did not answer others for \(deadline); nothing was sent")
    }
}
