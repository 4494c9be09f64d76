import CrashReport
import Dispatch
import Synchronization

/// That the process died in which a task ran.
struct WorkerLoss: Sendable {
    /// What stands in the record and in the dead letter: cause, memory, last lines, backtrace.
    private(set) var failure: TaskFailure
    private let child: ChildLoss
    /// Shared, so that crashes of the same program are looked up once.
    private static let symbolizer = Guarded(Symbolizer())
    /// Whether the task was alone when it crashed its process. Where somebody else killed that, it counts as a delivery
    /// without an outcome.
    let isBlamed: Bool
    /// With so many losses of this kind it is parked.
    let limit: Int

    init(_ child: ChildLoss, isBlamed: Bool, limit: Int) {
        self.child = child
        failure = child.failure(with: child.trace)
        self.isBlamed = isBlamed
        self.limit = limit
    }

    /// The same with the names of functions in its backtrace. Takes a while, in which nothing waits but this call's end: its
    /// child is replaced by then.
    func symbolicated() async -> WorkerLoss {
        guard let trace = child.trace else { return self }
        let named = await withCheckedContinuation { continuation in
            DispatchQueue.global(qos: .utility).async {
                continuation.resume(returning: Self.symbolizer.withLock { trace.symbolicated(by: &$0) })
            }
        }
        var loss = self
        loss.failure = child.failure(with: named)
        return loss
    }

    /// The same loss with another failure.
    func changed(_ change: (TaskFailure) -> TaskFailure) -> WorkerLoss {
        var loss = self
        loss.failure = change(failure)
        return loss
    }

    /// The type under which the losses of a kind are counted in a call's history.
    var kind: String { isBlamed ? TaskFailure.workerLost : "WorkerKilled" }
}
