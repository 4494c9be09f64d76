/// Tasks that wait for the ledger to change, each under a ticket.
///
/// A ticket is drawn under the lock that found nothing to take, and the task then sleeps outside of it: whoever wakes
/// the ticket in between is not missed.
struct Parking {
    typealias Continuation = CheckedContinuation<Void, any Error>

    private enum Stand {
        /// Drawn, and not asleep yet.
        case awake
        case asleep(Continuation)
        case woken
    }

    private var last: UInt64 = 0
    private var stands: [UInt64: Stand] = [:]
    /// To be resumed once the lock is open.
    private var due: [Continuation] = []

    mutating func draw() -> UInt64 {
        last += 1
        stands[last] = .awake
        return last
    }

    /// - Returns: whether the task sleeps now; `false` if it was woken already.
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

    /// - Returns: what to resume with a cancellation.
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
