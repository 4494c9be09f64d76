import CeleriacPool

/// What came of running a delivery, for the stages that follow.
struct Execution: Sendable {
    var outcome: Outcome
    /// `nil` if the task was never started.
    var context: TaskContext?
    /// `nil` if no task was found for the delivery.
    var task: AnyTask?
    /// What comes after the call; `nil` if nothing does, or if its message could not be read.
    var embed: CanvasEmbed?
}
