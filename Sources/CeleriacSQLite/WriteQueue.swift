import CeleriacCore
import Dispatch
import Foundation
import Synchronization

/// The writes that wait for the writer's thread, and those that it is running.
///
/// A caller with a deadline never waits beyond it, even while the thread hangs in the file system.
final class WriteQueue: Sendable {
    /// The number of rows after which a batch is full: every caller in a batch waits for all of it.
    private static let fullBatch = 2_000
    private static let crowd = 4

    private struct State {
        /// Lease renewals, which bulk writes must not delay.
        var urgent: [any Write] = []
        var ordinary: [any Write] = []
        var underWay: [any Write] = []
        var isWriterAsleep = false
        /// The number of writes at which the writer's thread wants to be woken early, while it gathers a batch.
        var gathering: Int?
        var isPatrolled = false
        var isClosed = false

        /// The number of waiting writes.
        var waiting: Int { urgent.count + ordinary.count }
        var all: [any Write] { urgent + ordinary + underWay }

        /// Whether the writer's thread must be woken, because it sleeps or has gathered enough.
        mutating func wakesWriter() -> Bool {
            if isWriterAsleep {
                isWriterAsleep = false
                return true
            }
            guard let enough = gathering, waiting >= enough else { return false }
            gathering = nil
            return true
        }
    }
    private let state = Guarded(State())
    private let alarm = DispatchSemaphore(value: 0)
    private let deadline: Duration
    private let closed: StoreError
    private let late: StoreError

    /// - Parameters:
    ///   - closed: the error for writes that are submitted after the end.
    ///   - late: the error for writes whose deadline has passed.
    init(deadline: Duration, closed: StoreError, late: StoreError) {
        self.deadline = deadline
        self.closed = closed
        self.late = late
    }

    func add(_ write: some Write, isUrgent: Bool) {
        let (isTaken, mustWake) = state.withLock { state -> (Bool, Bool) in
            guard !state.isClosed else { return (false, false) }
            if isUrgent { state.urgent.append(write) } else { state.ordinary.append(write) }
            if write.mayExpire, !state.isPatrolled {
                state.isPatrolled = true
                patrol(after: deadline)
            }
            return (true, state.wakesWriter())
        }
        guard isTaken else { return write.fail(closed.asBrokerError) }
        if mustWake { alarm.signal() }
    }

    /// Accepts no further writes; waiting writes are still done.
    func close() {
        let isAsleep = state.withLock { state in
            state.isClosed = true
            defer { state.isWriterAsleep = false }
            return state.isWriterAsleep
        }
        if isAsleep { alarm.signal() }
    }

    /// Called by the writer's thread: waits for writes and takes those that have gathered, in order.
    ///
    /// - Returns: `nil` after the queue has closed.
    func next() -> [any Write]? {
        gatherAgain()
        while true {
            let (batch, isOver) = state.withLock { Self.take(from: &$0) }
            if !batch.isEmpty { return batch }
            if isOver { return nil }
            alarm.wait()
        }
    }

    /// Waits briefly for the callers of the last batch, which mostly write again at once; otherwise every second commit
    /// would hold one write. A lone caller never waits.
    private func gatherAgain() {
        let mustWait = state.withLock { state in
            let expected = state.underWay.count
            guard expected >= Self.crowd, state.waiting < expected, !state.isClosed else { return false }
            state.gathering = expected
            return true
        }
        guard mustWait else { return }
        _ = alarm.wait(timeout: .now() + .microseconds(200))
        // A late signal only makes the thread look once more.
        state.withLock { $0.gathering = nil }
    }

    private static func take(from state: inout State) -> ([any Write], isOver: Bool) {
        var batch = state.urgent
        state.urgent = []
        var rows = 0
        var taken = 0
        while taken < state.ordinary.count, rows < fullBatch {
            rows += state.ordinary[taken].rows
            taken += 1
        }
        if taken == state.ordinary.count {
            batch += state.ordinary
            state.ordinary.removeAll(keepingCapacity: true)
        } else {
            batch += state.ordinary[..<taken]
            state.ordinary.removeFirst(taken)
        }
        state.underWay = batch
        state.isWriterAsleep = batch.isEmpty && !state.isClosed
        return (batch, state.isClosed)
    }

    // MARK: The deadline

    /// Checks later for writes that wait too long: one timer for all of them, and none while all writes are quick.
    ///
    /// Uses the machine's clock, even in virtual time, because it guards against a real disk.
    private func patrol(after duration: Duration) {
        DispatchQueue.global().asyncAfter(deadline: .now() + duration.seconds) { [weak self] in self?.expire() }
    }

    private func expire() {
        let now = ContinuousClock.now
        let isLate = { (write: any Write) in write.mayExpire && now - write.submitted >= self.deadline }
        let expired = state.withLock { state in
            let expired = state.all.filter(isLate)
            state.urgent.removeAll(where: isLate)
            state.ordinary.removeAll(where: isLate)
            let oldest = state.all.filter { $0.mayExpire && !isLate($0) }.map(\.submitted).min()
            state.isPatrolled = oldest != nil
            if let oldest { patrol(after: deadline - (now - oldest)) }
            return expired
        }
        for write in expired { write.fail(late.asBrokerError) }
    }
}
