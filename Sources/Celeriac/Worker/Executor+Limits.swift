import Logging
import Synchronization

extension Executor {
    /// Runs `body` under the time limits of the call, or of its task.
    ///
    /// The soft limit cancels it, and waits. The hard limit cancels it too, and does not: swift cannot stop a task that
    /// does not look, so it is reported as stuck, its slot is freed, and whatever it returns later is dropped.
    func limited(
        _ attempt: Attempt, _ task: AnyTask, _ body: @escaping @Sendable () async throws -> [UInt8]
    ) async throws -> [UInt8] {
        let times = limits.times(of: task, for: attempt.delivery.envelope)
        let (soft, hard) = (times.soft, times.hard)
        guard soft != nil || hard != nil else { return try await body() }
        let end = OneShot<Result<[UInt8], any Error>>()
        // Unstructured, since the hard limit must be able to leave it behind.
        let work = Task {
            do { end.resolve(.success(try await body())) } catch { end.resolve(.failure(error)) }
        }
        let timer = Task {
            try await self.wait(soft: soft, hard: hard, attempt)
            work.cancel()
            end.resolve(.failure(TimeLimitExceeded(limit: hard ?? .zero)))
            self.report(stuck: attempt)
        }
        let result = await withTaskCancellationHandler {
            await end.value
        } onCancel: {
            work.cancel()
        }
        timer.cancel()
        return try result.get()
    }

    /// Returns when the hard limit is over; without one, never before it is cancelled.
    private func wait(soft: Duration?, hard: Duration?, _ attempt: Attempt) async throws {
        if let soft, soft < hard ?? .seconds(Int64.max) {
            try await app.time.sleep(for: soft)
            attempt.cancel(because: .softTimeLimit)
            guard let hard else { return try await app.time.sleep(for: .days(36_500)) }
            return try await app.time.sleep(for: hard - soft)
        }
        try await app.time.sleep(for: hard ?? .zero)
    }

    private func report(stuck attempt: Attempt) {
        app.logger.error(
            "task is stuck: it ran into its hard time limit and goes on without its slot",
            metadata: ["task_id": "\(attempt.delivery.id)", "task": "\(attempt.delivery.envelope.task)"]
        )
    }
}

/// A value that comes once; the first of several to resolve it wins.
final class OneShot<Value: Sendable>: Sendable {
    private enum State {
        case empty
        case waiting(CheckedContinuation<Value, Never>)
        case full(Value)
    }

    private let state = Guarded(State.empty)

    /// Suspends until it is there. For one reader.
    var value: Value {
        get async {
            await withCheckedContinuation { continuation in
                let value: Value? = state.withLock { state in
                    if case .full(let value) = state { return value }
                    state = .waiting(continuation)
                    return nil
                }
                if let value { continuation.resume(returning: value) }
            }
        }
    }

    func resolve(_ value: Value) {
        let waiter: CheckedContinuation<Value, Never>? = state.withLock { state in
            switch state {
            case .full: return nil
            case .empty:
                state = .full(value)
                return nil
            case .waiting(let continuation):
                state = .full(value)
                return continuation
            }
        }
        waiter?.resume(returning: value)
    }
}
