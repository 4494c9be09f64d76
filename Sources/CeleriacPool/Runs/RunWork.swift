package import CeleriacCore

/// The task of a run, which a pool can run without knowing it.
///
/// A pool keeps it until the run has ended. It is a class, so that passing it on allocates nothing.
package protocol RunWork: AnyObject, Sendable {
    /// Runs the task in this process, without regard to its time limits.
    func perform() async -> RunEnd

    /// Records a state that the task has set while it runs in a child.
    ///
    /// - Parameter meta: JSON text.
    func record(_ state: TaskState, _ meta: [UInt8]) async throws

    /// The outcome of a run that was stopped before its end.
    func outcome(ofBeingStopped reason: CancelReason) -> Outcome

    /// The outcome of a run that was still going on at its hard time limit.
    func outcome(ofExceeding limit: Duration) -> Outcome
}
