/// The running task as the client knows it: the parent of what is sent while it runs.
protocol Sender: AnyObject, Sendable {
    /// The app whose worker runs the task.
    var app: TaskApp { get }
    /// The headers of the task's own message.
    var headers: MessageHeaders { get }

    /// Notes calls that the task has sent: its result lists them as children.
    func note(children: [ResultNode])
}

/// The task that runs here, if one does. The worker sets it around a run.
enum CurrentSender {
    @TaskLocal static var value: (any Sender)?
}
