/// The facts about a task that other programs need to call it.
package struct TaskDescription: Sendable {
    package let name: TaskName
    package let options: TaskOptions
    /// The parameters; `nil` if only the task itself knows them.
    package let parameters: [TaskParameter]?
    /// The type of its output, as Swift reflects it, such as `Swift.Array<Swift.Int>`; `()` if it has none.
    package let output: String
    /// The queue of its calls unless the caller names another.
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
        try catalogue.discover()
        return try catalogue.all.map { task in
            TaskDescription(
                name: task.name, options: task.options, parameters: task.parameters, output: task.output,
                queue: try router.queue(for: task.name, asked: task.options.queue),
                route: router.route(for: task.name, asked: task.options.route, queue: task.options.queue)
            )
        }
    }
}
