public import CeleriacCore
import Synchronization

/// A broker and result backend in the memory of this process, with the semantics of an external one.
///
/// For tests, for development, and for work that may be lost with the process: all contents end with it. One lock
/// protects everything; it is held for a fraction of a microsecond per message, and never while a task waits.
///
/// Memory grows with the contents only: records are dropped when they expire, or at most a minute later if ``run()``
/// runs.
public final class MemoryStore: Sendable {
    let time: any TimeSource
    public let deadLetterLimits: DeadLetterLimits?
    private let ledger: Guarded<Ledger>
    /// Separate from the ledger: commands and events change no stored data.
    let switchboard = Guarded(Switchboard())

    /// - Parameters:
    ///   - time: decides what is due, lapsed or expired. In tests a `ManualTime`.
    ///   - deadLetters: how many dead letters each queue keeps.
    public init(time: any TimeSource = SystemTime(), deadLetters: DeadLetterLimits = DeadLetterLimits()) {
        self.time = time
        deadLetterLimits = deadLetters
        ledger = Guarded(Ledger(deadLetters))
    }

    /// Changes the ledger under its lock, then wakes the tasks that the change concerns.
    @inline(__always)
    func change<Value: Sendable>(_ body: (inout Ledger, Moment) -> Value) -> Value {
        let now = Moment(time)
        let (value, woken) = ledger.withLock { ledger in
            (body(&ledger, now), ledger.parking.takeDue())
        }
        for continuation in woken { continuation.resume() }
        return value
    }

    /// Suspends until the ticket is woken. Returns at once if it already was.
    ///
    /// - Throws: `CancellationError` when cancelled.
    func sleep(_ ticket: UInt64) async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { park(ticket, $0) }
        } onCancel: {
            ledger.withLock { $0.parking.cancel(ticket) }?.resume(throwing: CancellationError())
        }
    }

    private func park(_ ticket: UInt64, _ continuation: Parking.Continuation) {
        enum Answer { case asleep, woken, cancelled }
        let answer = ledger.withLock { ledger -> Answer in
            // A cancellation before this point found nothing to resume; a later one waits for the lock.
            if Task.isCancelled { return .cancelled }
            return ledger.parking.park(ticket, continuation) ? .asleep : .woken
        }
        switch answer {
        case .asleep: break
        case .woken: continuation.resume()
        case .cancelled: continuation.resume(throwing: CancellationError())
        }
    }
}
