import CeleriacPool

/// The result of running a delivery, for the stages that follow.
///
/// A reference, because an outcome is large: each stage that passes it on would copy it.
final class Execution: Sendable {
    let outcome: Outcome
    /// `nil` if the task was never started.
    let context: TaskContext?
    /// `nil` if no task was found for the delivery.
    let task: AnyTask?
    /// The canvas that follows the call; `nil` if nothing follows, or if the message could not be read.
    let embed: CanvasEmbed?

    init(outcome: Outcome, context: TaskContext? = nil, task: AnyTask? = nil, embed: CanvasEmbed? = nil) {
        self.outcome = outcome
        self.context = context
        self.task = task
        self.embed = embed
    }

    /// The same execution with another outcome.
    func with(_ outcome: Outcome) -> Execution {
        Execution(outcome: outcome, context: context, task: task, embed: embed)
    }
}
