#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
public import CeleriacCore
import Synchronization

/// A clock that stands still until a test moves it.
///
/// Sleepers wake in the order of their deadlines, each at its own instant: while one runs, ``now`` shows the time that
/// it asked to be woken at, however far the clock is on its way.
///
/// ```swift
/// let time = ManualTime()
/// async let woken: Void = time.sleep(for: .minutes(5))
/// try await time.untilSleepers(1)
/// await time.advance(by: .minutes(5))
/// try await woken
/// ```
public final class ManualTime: TimeSource {
    /// 2026-01-01, midnight UTC: where the wall clock starts unless told otherwise.
    public static let epoch = Date(timeIntervalSince1970: 1_767_225_600)

    private let state: Guarded<Sleepers>
    private let yields: Int

    /// - Parameters:
    ///   - start: what the wall clock shows first.
    ///   - yields: how often ``settle()`` lets others run. That woken work has come to rest cannot be known, only waited
    ///     for; a test whose work takes many steps of its own waits for one of its events instead.
    public init(startingAt start: Date = ManualTime.epoch, yields: Int = 24) {
        state = Guarded(Sleepers(start: start))
        self.yields = yields
    }

    public var now: Date { state.withLock { $0.now } }

    public var uptime: Duration { state.withLock { $0.uptime } }

    public func sleep(for duration: Duration) async throws {
        try Task.checkCancellation()
        guard duration > .zero else { return }
        let id = state.withLock { $0.makeID() }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { park($0, as: id, for: duration) }
        } onCancel: {
            state.withLock { $0.remove(id) }?.resume(throwing: CancellationError())
        }
    }

    /// How many tasks sleep on this clock now.
    public var sleeperCount: Int { state.withLock { $0.count } }

    /// How far away the next waking is; `nil` while nobody sleeps.
    public var nextDeadline: Duration? { state.withLock { sleepers in sleepers.next.map { $0 - sleepers.uptime } } }

    /// Suspends until at least `count` tasks sleep on this clock.
    ///
    /// - Throws: `CancellationError` when cancelled.
    public func untilSleepers(_ count: Int) async throws {
        let id = state.withLock { $0.makeID() }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { observe($0, as: id, count) }
        } onCancel: {
            state.withLock { $0.removeObserver(id) }?.resume(throwing: CancellationError())
        }
    }

    /// Moves both clocks, stopping at each deadline on the way to let what wakes there run.
    ///
    /// What a woken task puts to sleep again for less than the rest of the way wakes within the same call.
    public func advance(by duration: Duration) async {
        let target = uptime + duration
        await settle()
        while state.withLock({ $0.wakeFirst(notAfter: target) }) { await settle() }
        state.withLock { $0.move(to: target) }
        await settle()
    }

    /// Moves both clocks to the earliest deadline and wakes its sleeper.
    ///
    /// - Returns: how far that was; `nil` if nobody sleeps.
    @discardableResult
    public func advanceToNextDeadline() async -> Duration? {
        await settle()
        guard let distance = nextDeadline else { return nil }
        await advance(by: max(distance, .zero))
        return distance
    }

    /// Moves both clocks in one step. Who is due wakes, but runs only once the caller suspends.
    func jump(by duration: Duration) {
        state.withLock { sleepers in
            let target = sleepers.uptime + duration
            while sleepers.wakeFirst(notAfter: target) {}
            sleepers.move(to: target)
        }
    }

    /// Sets the wall clock forward or (negative) back without passing time, as an administrator or NTP does.
    public func setClock(by difference: Duration) {
        state.withLock { $0.shift(by: difference) }
    }

    /// Lets other tasks run for a bounded while: a fixed number of yields.
    public func settle() async {
        for _ in 0..<yields { await Task.yield() }
    }

    private func park(_ continuation: CheckedContinuation<Void, any Error>, as id: UInt64, for duration: Duration) {
        let observers = state.withLock { sleepers -> [CheckedContinuation<Void, any Error>]? in
            // A cancellation before this point found nothing to resume; one after it waits for the lock.
            guard !Task.isCancelled else { return nil }
            return sleepers.park(continuation, as: id, for: duration)
        }
        guard let observers else { return continuation.resume(throwing: CancellationError()) }
        for observer in observers { observer.resume() }
    }

    private func observe(_ continuation: CheckedContinuation<Void, any Error>, as id: UInt64, _ count: Int) {
        enum Answer { case enough, cancelled, parked }
        let answer = state.withLock { sleepers -> Answer in
            if Task.isCancelled { return .cancelled }
            if sleepers.count >= count { return .enough }
            sleepers.addObserver(continuation, as: id, count)
            return .parked
        }
        switch answer {
        case .enough: continuation.resume()
        case .cancelled: continuation.resume(throwing: CancellationError())
        case .parked: break
        }
    }
}
