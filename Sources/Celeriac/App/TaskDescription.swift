/// What other programs must know of a task to call it.
package struct TaskDescription: Sendable {
    package let name: TaskName
    package let options: TaskOptions
    /// `nil` where only the task itself knows.
    package let parameters: [TaskParameter]?
    /// What it gives, as Swift reflects it, such as `Swift.Array<Swift.Int>`; `()` for nothing.
    package let output: String
    /// Where its calls go when nobody says otherwise.
    package let queue: QueueName
    package let route: ExchangeRoute?

    package init(
        name: TaskName, options: TaskOptions = TaskOptions(), parameters: [TaskParameter]?, output: String,
        queue: QueueName = .default, route: ExchangeRoute? = nil
    ) {
        self.name = name
        self.options = options
        self.parameters = parameters
        self.output = output
        self.queue = queue
        self.route = route
    }
}

extension TaskApp {
    /// The tasks that a worker of this app can run, sorted by name.
    ///
    /// - Throws: `CeleriacError` with code `duplicateTask` or `unknownQueue`.
    package func taskDescriptions() throws -> [TaskDescription] {
        try registry.discover()
        return try registry.all.map { task in
            TaskDescription(
                name: task.name, options: task.options, parameters: task.parameters, output: task.output,
                queue: try router.queue(for: task.name, asked: task.options.queue),
                route: router.route(for: task.name, asked: task.options.route, queue: task.options.queue)
            )
        }
    }
}
