extension TaskApp {
    /// Makes a task from a closure and registers it. See ``ClosureTask``.
    public func task<Output, each Argument>(
        _ name: TaskName, options: TaskOptions = TaskOptions(), file: String = #fileID, line: Int = #line,
        _ body: @escaping @Sendable @concurrent (repeat each Argument) async throws -> Output
    ) throws -> ClosureTask<Output, repeat each Argument> {
        let task = ClosureTask(name, options: options, file: file, line: line, body)
        try register(task)
        return task
    }

    /// The registered tasks as workers run them.
    var registry: Registry { attached { Registry(self) } }
}
