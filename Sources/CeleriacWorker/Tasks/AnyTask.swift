/// A task with its types erased: JSON in, JSON out.
final class AnyTask: Sendable {
    let name: TaskName
    /// Its place in the order of registration. Workers count its attempts under this index.
    let index: Int
    let options: TaskOptions
    let parameters: [TaskParameter]?
    /// The Swift type that defines it, for the error about two tasks with the same name.
    let origin: String
    /// The place of its declaration; `nil` if the definition does not report one.
    let place: SourcePlace?
    /// The type of its output, as Swift reflects it, such as `Swift.Array<Swift.Int>`.
    let output: String
    /// The type of the value that the task is a method of; `nil` if it needs none.
    let containerType: (any TaskContainer.Type)?
    let run: @Sendable (ReceivedArguments, TaskContext) async throws -> [UInt8]

    init(_ definition: some TaskDefinition, _ declared: DeclaredTask, index: Int) {
        self.index = index
        name = declared.name
        options = declared.options
        parameters = declared.parameters
        origin = declared.origin
        place = definition.declaredAt
        output = declared.output
        containerType = declared.containerType
        let run: @Sendable (ReceivedArguments, TaskContext) async throws -> [UInt8] = { arguments, context in
            try definition.encodeResult(await definition.run(arguments, in: context))
        }
        self.run = options.execution == .blocking ? Self.blocking(run) : run
    }

    init(_ builtIn: BuiltInTask, index: Int) {
        self.index = index
        name = builtIn.name
        options = TaskOptions()
        parameters = nil
        origin = String(reflecting: BuiltInTask.self)
        place = nil
        output = String(reflecting: JSONValue.self)
        containerType = nil
        run = builtIn.run
    }

    /// Returns `run` moved to a thread that it may block, together with its child tasks and after each of its
    /// suspensions.
    ///
    /// Uses a child task because Swift guarantees that it starts on the executor. `withTaskExecutorPreference` would
    /// leave a function that is bound to no actor on its caller's thread until it first suspends; in release builds,
    /// code put in between does not change that.
    private static func blocking(
        _ run: @escaping @Sendable (ReceivedArguments, TaskContext) async throws -> [UInt8]
    ) -> @Sendable (ReceivedArguments, TaskContext) async throws -> [UInt8] {
        { arguments, context in
            try await withThrowingTaskGroup(of: [UInt8].self) { group in
                group.addTask(executorPreference: BlockingExecutor.shared) { try await run(arguments, context) }
                guard let result = try await group.next() else { throw CancellationError() }
                return result
            }
        }
    }
}
