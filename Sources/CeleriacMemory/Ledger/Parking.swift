/// Tasks that wait for the ledger to change, each with a ticket.
///
/// The ticket is drawn under the same lock that found nothing to take; the task then sleeps outside of the lock. A
/// wake-up between the two is not lost.
struct Parking {
    typealias Continuation = CheckedContinuation<Void, any Error>

    private enum Stand {
        /// Drawn, but not yet asleep.
        case awake
        case asleep(Continuation)
        case woken
    }

    private var last: UInt64 = 0
    private var stands: [UInt64: Stand] = [:]
    /// Continuations to resume after the lock is released.
    private var due: [Continuation] = []

    mutating func draw() -> UInt64 {
        last += 1
        stands[last] = .awake
        return last
    }

    /// - Returns: whether the task now sleeps; `false` if it was already woken.
    mutating func park(_ ticket: UInt64, _ continuation: Continuation) -> Bool {
        guard case .awake = stands[ticket] else { return false }
        stands[ticket] = .asleep(continuation)
        return true
    }

    mutating func wake(_ ticket: UInt64) {
        guard let stand = stands[ticket] else { return }
        if case .asleep(let continuation) = stand { due.append(continuation) }
        stands[ticket] = .woken
    }

    /// - Returns: the continuation to resume with a cancellation.
    mutating func cancel(_ ticket: UInt64) -> Continuation? {
        guard case .asleep(let continuation) = stands[ticket] else { return nil }
        stands[ticket] = .woken
        return continuation
    }

    mutating func leave(_ ticket: UInt64) { stands[ticket] = nil }

    @inline(__always)
    mutating func takeDue() -> [Continuation] {
        if due.isEmpty { return [] }
        defer { due.removeAll() }
        return due
    }
}
