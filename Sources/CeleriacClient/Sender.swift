/// The running task, as the client sees it: the parent of the calls that are sent while it runs.
package protocol Sender: AnyObject, Sendable {
    /// The app whose worker runs the task.
    var app: TaskApp { get }
    /// The headers of the task's own message.
    var headers: MessageHeaders { get }

    /// Records calls that the task has sent; its result lists them as children.
    func note(children: [ResultNode])
}

/// The task that the current code runs in, if any. The worker sets it for the duration of a run.
package enum CurrentSender {
    @TaskLocal package static var value: (any Sender)?
}
