import Synchronization

/// The tasks that an app can run, by name. The only way from a name on the wire to code.
final class Registry: TaskLookup {
    private let tasks = Guarded<[TaskName: AnyTask]>([:])
    /// Whether the tasks that are linked into the program are still to be found.
    private let mustDiscover: Guarded<Bool>
    /// Celery's own, which every app has. They are listed and counted only where they are asked for.
    private let builtIns: [TaskName: AnyTask]

    /// - Parameter discovers: whether ``discover()`` finds anything: ``AppOptions/discoversTasks``.
    init(discovers: Bool) {
        mustDiscover = Guarded(discovers)
        let tasks = BuiltInTask.all.enumerated().map { AnyTask($1, index: $0) }
        builtIns = Dictionary(uniqueKeysWithValues: tasks.map { ($0.name, $0) })
    }

    var count: Int { tasks.withLock { $0.count } }

    /// - Throws: `CeleriacError` with code `duplicateTask`, which names both, or `invalidName` for one of Celery's names.
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

    /// With Celery's own.
    var allWithBuiltIns: [AnyTask] { (all + builtIns.values).sorted { $0.name.rawValue < $1.name.rawValue } }
}

/// A task with its types erased: JSON in, JSON out.
final class AnyTask: Sendable {
    let name: TaskName
    /// Its place in the order of registration, by which workers count its attempts.
    let index: Int
    let options: TaskOptions
    let parameters: [TaskParameter]?
    /// The Swift type that defines it, to tell two tasks of one name apart.
    let origin: String
    /// `nil` where the definition does not say.
    let place: SourcePlace?
    /// What it gives, as Swift reflects it, such as `Swift.Array<Swift.Int>`.
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

    /// The same on a thread that it may block, with its child tasks and after each of its suspensions.
    ///
    /// A child task, since its start on the executor is a promise. `withTaskExecutorPreference` would leave a function that
    /// is bound to no actor on its caller's thread until it first suspends, in release builds whatever is put between.
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
