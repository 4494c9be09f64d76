public import Foundation
import Dispatch
import Synchronization

/// The machine's own clocks.
///
/// Its timers fire on their own dispatch queue: a sleeper wakes even while every thread of Swift's cooperative pool is
/// held by tasks that never suspend. The sleeper then runs on its own executor.
public struct SystemTime: TimeSource {
    public init() {}

    public var now: Date { Date() }

    public var uptime: Duration {
        var time = timespec()
        clock_gettime(Self.bootClock, &time)
        return .seconds(Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec))
    }

    public func sleep(for duration: Duration) async throws {
        try Task.checkCancellation()
        guard duration > .zero else { return }
        let sleeper = Sleeper()
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { sleeper.start(for: duration, waking: $0) }
        } onCancel: {
            sleeper.cancel()
        }
    }

    #if canImport(Darwin)
        // Darwin's CLOCK_MONOTONIC continues while the machine sleeps.
        private static let bootClock = CLOCK_MONOTONIC
    #else
        private static let bootClock = CLOCK_BOOTTIME
    #endif
}

/// One sleep: the timer or a cancellation wakes it, whichever comes first.
private final class Sleeper: Sendable {
    private static let queue = DispatchQueue(label: "celeriac.timers", qos: .userInteractive)

    private enum State {
        case idle, cancelled, done
        case asleep(CheckedContinuation<Void, any Error>, DispatchWorkItem)
    }
    private let state = Guarded(State.idle)

    func start(for duration: Duration, waking continuation: CheckedContinuation<Void, any Error>) {
        // A century is practically forever, and does not overflow the clock's nanoseconds.
        let deadline = DispatchTime.now() + .nanoseconds(Int(min(duration.seconds, 3.1e9) * 1e9))
        let isCancelled = state.withLock { state in
            if case .cancelled = state { return true }
            let timer = DispatchWorkItem { [self] in take()?.resume() }
            Self.queue.asyncAfter(deadline: deadline, execute: timer)
            state = .asleep(continuation, timer)
            return false
        }
        if isCancelled { continuation.resume(throwing: CancellationError()) }
    }

    func cancel() {
        let sleeper = state.withLock { state -> CheckedContinuation<Void, any Error>? in
            if case .done = state { return nil }
            defer { state = .cancelled }
            guard case .asleep(let continuation, let timer) = state else { return nil }
            timer.cancel()
            return continuation
        }
        sleeper?.resume(throwing: CancellationError())
    }

    private func take() -> CheckedContinuation<Void, any Error>? {
        state.withLock { state in
            guard case .asleep(let continuation, _) = state else { return nil }
            state = .done
            return continuation
        }
    }
}
