package import CeleriacCore
import CrashReport
import Dispatch
import Synchronization

/// The loss of a task whose process died.
package struct WorkerLoss: Sendable {
    /// The failure in the record and in the dead letter: cause, memory, last lines, backtrace.
    package private(set) var failure: TaskFailure
    private let child: ChildLoss
    /// Shared, so that crashes of the same program are symbolicated only once.
    private static let symbolizer = Guarded(Symbolizer())
    /// Whether the task was alone when it crashed its process. If something else killed the process, the loss counts as
    /// a delivery without an outcome.
    package let isBlamed: Bool
    /// The call is parked after this many losses of this kind.
    package let limit: Int

    init(_ child: ChildLoss, isBlamed: Bool, limit: Int) {
        self.child = child
        failure = child.failure(with: child.trace)
        self.isBlamed = isBlamed
        self.limit = limit
    }

    /// The same loss with function names in its backtrace. Only this call's end waits; the child is replaced meanwhile.
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
    package func changed(_ change: (TaskFailure) -> TaskFailure) -> WorkerLoss {
        var loss = self
        loss.failure = change(failure)
        return loss
    }

    /// The type under which the losses of a kind are counted in a call's history.
    package var kind: String { isBlamed ? TaskFailure.workerLost : "WorkerKilled" }
}

extension TaskFailure {
    /// The type of the failure of a task that was lost with its process, under Celery's name.
    package static let workerLost = "WorkerLostError"
}
