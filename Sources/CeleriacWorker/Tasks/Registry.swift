import Synchronization

/// The tasks of an app as its workers run them, by name. A name on the wire reaches code only through this registry.
final class Registry: Sendable {
    private let catalogue: TaskCatalogue
    /// The app's middleware, for wrapping runs.
    let middleware: [any RunMiddleware]
    /// The tasks of the catalogue that were looked up already.
    private let tasks = Guarded<[TaskName: AnyTask]>([:])
    /// Celery's own tasks, which every app has. ``all`` and ``count`` leave them out; ``allWithBuiltIns`` lists them.
    private let builtIns: [TaskName: AnyTask]

    init(_ app: TaskApp) {
        catalogue = app.catalogue
        middleware = app.options.middleware.compactMap { $0 as? any RunMiddleware }
        let tasks = BuiltInTask.all.enumerated().map { AnyTask($1, index: $0) }
        builtIns = Dictionary(uniqueKeysWithValues: tasks.map { ($0.name, $0) })
    }

    var count: Int { catalogue.count }

    subscript(name: TaskName) -> AnyTask? { tasks.withLock { $0[name] } ?? builtIns[name] ?? added(name) }

    /// All tasks that workers can run, sorted by name.
    var all: [AnyTask] { catalogue.all.compactMap { self[$0.name] } }

    /// All tasks, including Celery's own, sorted by name.
    var allWithBuiltIns: [AnyTask] { (all + builtIns.values).sorted { $0.name.rawValue < $1.name.rawValue } }

    /// Adds the task of the catalogue that has this name. A task may be registered after a worker has started.
    ///
    /// - Returns: `nil` if the catalogue does not have it.
    private func added(_ name: TaskName) -> AnyTask? {
        guard let declared = catalogue[name], let definition = declared.task as? any TaskDefinition else { return nil }
        return tasks.withLock { tasks in
            if let task = tasks[name] { return task }
            let task = AnyTask(definition, declared, index: builtIns.count + declared.index)
            tasks[name] = task
            return task
        }
    }
}
