import Synchronization

/// The tasks that an app can run, by name. A name on the wire reaches code only through this registry.
final class Registry: TaskLookup {
    private let tasks = Guarded<[TaskName: AnyTask]>([:])
    /// Whether ``discover()`` must still look for the tasks that are linked into the program.
    private let mustDiscover: Guarded<Bool>
    /// Celery's own tasks, which every app has. ``all`` and ``count`` leave them out; ``allWithBuiltIns`` lists them.
    private let builtIns: [TaskName: AnyTask]

    /// - Parameter discovers: whether ``discover()`` registers the linked tasks: ``AppOptions/discoversTasks``.
    init(discovers: Bool) {
        mustDiscover = Guarded(discovers)
        let tasks = BuiltInTask.all.enumerated().map { AnyTask($1, index: $0) }
        builtIns = Dictionary(uniqueKeysWithValues: tasks.map { ($0.name, $0) })
    }

    var count: Int { tasks.withLock { $0.count } }

    /// - Throws: `CeleriacError` with code `duplicateTask`, which names both tasks, or `invalidName` for a name that is
    ///   reserved for Celery's own tasks.
    func add(_ definition: some TaskDefinition) throws {
        guard !definition.name.rawValue.hasPrefix(BuiltInTask.prefix) else {
            throw CeleriacError(
                .invalidName,
                "no task can be named \"\(definition.name)\": names that begin with \"\(BuiltInTask.prefix)\" are those of "
                    + "Celery's own tasks")
        }
        try tasks.withLock { tasks in
            let task = AnyTask(definition, index: builtIns.count + tasks.count)
            if let other = tasks[task.name] {
                throw CeleriacError(
                    .duplicateTask,
                    "two tasks are named \"\(task.name)\": \(other.origin) and \(task.origin); give one another name"
                )
            }
            tasks[task.name] = task
        }
    }

    /// Registers every `@Task` of the executable, once.
    func discover() throws {
        try mustDiscover.withLock { mustDiscover in
            guard mustDiscover else { return }
            for task in TaskDiscovery.all() { try add(task) }
            mustDiscover = false
        }
    }

    func options(of task: TaskName) -> TaskOptions? { self[task]?.options }

    func parameters(of task: TaskName) -> [TaskParameter]? { self[task]?.parameters }

    subscript(name: TaskName) -> AnyTask? { tasks.withLock { $0[name] } ?? builtIns[name] }

    var all: [AnyTask] { tasks.withLock { $0.values.sorted { $0.name.rawValue < $1.name.rawValue } } }

    /// All tasks, including Celery's own, sorted by name.
    var allWithBuiltIns: [AnyTask] { (all + builtIns.values).sorted { $0.name.rawValue < $1.name.rawValue } }
}

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
    let run: @Sendable (ReceivedArguments, TaskContext) async throws -> [UInt8]

    init<Definition: TaskDefinition>(_ definition: Definition, index: Int) {
        self.index = index
        name = definition.name
        options = definition.options
        parameters = definition.parameters
        origin = String(reflecting: Definition.self)
        place = definition.declaredAt
        output = String(reflecting: Definition.Output.self)
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
