import CeleriacPool

/// The result of running a delivery, for the stages that follow.
struct Execution: Sendable {
    var outcome: Outcome
    /// `nil` if the task was never started.
    var context: TaskContext?
    /// `nil` if no task was found for the delivery.
    var task: AnyTask?
    /// The canvas that follows the call; `nil` if nothing follows, or if the message could not be read.
    var embed: CanvasEmbed?
}
