#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
public import CeleriacCore
import Synchronization

/// A clock that moves only when a test moves it.
///
/// Sleepers wake in the order of their deadlines, each at its own deadline: while one runs, ``now`` is the time at
/// which it asked to be woken, even if the clock moves further.
///
/// ```swift
/// let time = ManualTime()
/// async let woken: Void = time.sleep(for: .minutes(5))
/// try await time.untilSleepers(1)
/// await time.advance(by: .minutes(5))
/// try await woken
/// ```
public final class ManualTime: TimeSource {
    /// 2026-01-01, midnight UTC: the default start of the wall clock.
    public static let epoch = Date(timeIntervalSince1970: 1_767_225_600)

    private let state: Guarded<Sleepers>
    private let yields: Int

    /// - Parameters:
    ///   - start: the first time that the wall clock shows.
    ///   - yields: how many times ``settle()`` lets other tasks run. Nothing can show that woken tasks have come to
    ///     rest, so the clock only waits for them. A test whose tasks take many steps of their own should wait for one
    ///     of their events instead.
    public init(startingAt start: Date = ManualTime.epoch, yields: Int = 24) {
        state = Guarded(Sleepers(start: start))
        self.yields = yields
    }

    public var now: Date { state.withLock { $0.now } }

    public var uptime: Duration { state.withLock { $0.uptime } }

    public func sleep(for duration: Duration) async throws {
        try await sleep(untilUptime: uptime + duration)
    }

    public func sleep(untilUptime deadline: Duration) async throws {
        try Task.checkCancellation()
        guard deadline > uptime else { return }
        let id = state.withLock { $0.makeID() }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { park($0, as: id, until: deadline) }
        } onCancel: {
            state.withLock { $0.remove(id) }?.resume(throwing: CancellationError())
        }
    }

    /// The number of tasks that sleep on this clock now.
    public var sleeperCount: Int { state.withLock { $0.count } }

    /// The time until the next sleeper wakes; `nil` if no task sleeps.
    public var nextDeadline: Duration? { state.withLock { sleepers in sleepers.next.map { $0 - sleepers.uptime } } }

    /// Whether a task sleeps that wakes after exactly this time.
    package func hasSleeper(dueIn duration: Duration) -> Bool {
        state.withLock { $0.hasDeadline($0.uptime + duration) }
    }

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

    /// Moves both clocks. Stops at each deadline on the way and lets the woken tasks run.
    ///
    /// If a woken task sleeps again and its deadline is within `duration`, it wakes within the same call.
    public func advance(by duration: Duration) async {
        let target = uptime + duration
        await settle()
        while wakeFirst(notAfter: target) { await settle() }
        state.withLock { $0.move(to: target) }
        await settle()
    }

    /// Moves both clocks to the earliest deadline and wakes its sleeper.
    ///
    /// - Returns: how far the clocks moved; `nil` if no task sleeps.
    @discardableResult
    public func advanceToNextDeadline() async -> Duration? {
        await settle()
        guard let distance = nextDeadline else { return nil }
        await advance(by: max(distance, .zero))
        return distance
    }

    /// Moves both clocks in one step. Sleepers that become due are woken, but run only once the caller suspends.
    func jump(by duration: Duration) {
        let target = uptime + duration
        while wakeFirst(notAfter: target) {}
        state.withLock { $0.move(to: target) }
    }

    /// - Returns: whether a sleeper was woken.
    private func wakeFirst(notAfter limit: Duration) -> Bool {
        guard let sleeper = state.withLock({ $0.takeFirst(notAfter: limit) }) else { return false }
        sleeper.resume()
        return true
    }

    /// Sets the wall clock forward, or back if negative, without passing time, as an administrator or NTP does.
    public func setClock(by difference: Duration) {
        state.withLock { $0.shift(by: difference) }
    }

    /// Lets other tasks run for a limited time: a fixed number of yields.
    public func settle() async {
        for _ in 0..<yields { await Task.yield() }
    }

    private func park(_ continuation: CheckedContinuation<Void, any Error>, as id: UInt64, until deadline: Duration) {
        enum Answer { case due, cancelled, parked([CheckedContinuation<Void, any Error>]) }
        let answer = state.withLock { sleepers -> Answer in
            // A cancellation before this point found no continuation to resume; a later one waits for the lock.
            if Task.isCancelled { return .cancelled }
            // A clock that has moved since the caller looked at it would never wake it.
            if deadline <= sleepers.uptime { return .due }
            return .parked(sleepers.park(continuation, as: id, until: deadline))
        }
        switch answer {
        case .due: continuation.resume()
        case .cancelled: continuation.resume(throwing: CancellationError())
        case .parked(let observers): for observer in observers { observer.resume() }
        }
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
