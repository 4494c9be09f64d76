import CeleriacCore
import Dispatch
import Foundation
import Synchronization

/// The writes that wait for the writer's thread, and those that it does right now.
///
/// Nobody who has a deadline waits beyond it, even while the thread hangs in the file system.
final class WriteQueue: Sendable {
    /// Rows after which a batch is long enough: its neighbours wait for all of it.
    private static let fullBatch = 2_000
    private static let crowd = 4

    private struct State {
        /// Lease renewals: a bulk must not hold them up.
        var urgent: [any Write] = []
        var ordinary: [any Write] = []
        var underWay: [any Write] = []
        var isWriterAsleep = false
        var isPatrolled = false
        var isClosed = false

        var all: [any Write] { urgent + ordinary + underWay }
    }
    private let state = Guarded(State())
    private let alarm = DispatchSemaphore(value: 0)
    private let deadline: Duration
    private let closed: StoreError
    private let late: StoreError

    /// - Parameters:
    ///   - closed: what those learn who come after the end.
    ///   - late: what those learn whose deadline has passed.
    init(deadline: Duration, closed: StoreError, late: StoreError) {
        self.deadline = deadline
        self.closed = closed
        self.late = late
    }

    func add(_ write: some Write, isUrgent: Bool) {
        let (isTaken, isAsleep) = state.withLock { state -> (Bool, Bool) in
            guard !state.isClosed else { return (false, false) }
            if isUrgent { state.urgent.append(write) } else { state.ordinary.append(write) }
            defer { state.isWriterAsleep = false }
            if write.mayExpire, !state.isPatrolled {
                state.isPatrolled = true
                patrol(after: deadline)
            }
            return (true, state.isWriterAsleep)
        }
        guard isTaken else { return write.fail(closed.asBrokerError) }
        if isAsleep { alarm.signal() }
    }

    /// Takes no further writes; those that wait are still done.
    func close() {
        let isAsleep = state.withLock { state in
            state.isClosed = true
            defer { state.isWriterAsleep = false }
            return state.isWriterAsleep
        }
        if isAsleep { alarm.signal() }
    }

    /// Called by the writer's thread: waits for writes and takes what has gathered, in order.
    ///
    /// - Returns: `nil` at the end.
    func next() -> [any Write]? {
        gatherAgain()
        while true {
            let (batch, isOver) = state.withLock { Self.take(from: &$0) }
            if !batch.isEmpty { return batch }
            if isOver { return nil }
            alarm.wait()
        }
    }

    /// How many wait.
    var count: Int { state.withLock { $0.urgent.count + $0.ordinary.count } }

    /// Waits briefly for the callers of the last batch, which mostly write again at once; otherwise every second commit would
    /// hold one write. A lone caller never waits.
    private func gatherAgain() {
        let expected = state.withLock { $0.underWay.count }
        guard expected >= Self.crowd else { return }
        let end = ContinuousClock.now + .microseconds(200)
        while count < expected, ContinuousClock.now < end { sched_yield() }
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

    /// Looks again after a while for writes that wait too long: one timer for all of them, and none while all is quick.
    ///
    /// By the machine's clock: it guards against a real disk, in virtual time too.
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
