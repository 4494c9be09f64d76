import Synchronization

/// The tasks that a program has registered, by name. Senders read their options and parameters here, and workers find
/// their code here.
package final class TaskCatalogue: Sendable {
    /// The beginning of the names of Celery's own tasks. No other task can have such a name.
    package static let reservedPrefix = "celery."

    private let tasks = Guarded<[TaskName: DeclaredTask]>([:])
    /// Whether ``discover()`` must still look for the tasks that are linked into the program.
    private let mustDiscover: Guarded<Bool>

    /// - Parameter discovers: whether ``discover()`` registers the linked tasks: ``AppOptions/discoversTasks``.
    init(discovers: Bool) { mustDiscover = Guarded(discovers) }

    package var count: Int { tasks.withLock { $0.count } }

    package subscript(name: TaskName) -> DeclaredTask? { tasks.withLock { $0[name] } }

    /// All tasks, sorted by name.
    package var all: [DeclaredTask] { tasks.withLock { $0.values.sorted { $0.name.rawValue < $1.name.rawValue } } }

    /// Adds all of the tasks, or none of them if it throws.
    ///
    /// - Throws: `CeleriacError` with code `duplicateTask`, which names both tasks, or `invalidName` for a name that is
    ///   reserved for Celery's own tasks.
    func add(_ added: [any RunnableTask]) throws {
        try tasks.withLock { tasks in
            var all = tasks
            for task in added { try Self.add(task, to: &all) }
            tasks = all
        }
    }

    private static func add(_ task: some RunnableTask, to tasks: inout [TaskName: DeclaredTask]) throws {
        guard !task.name.rawValue.hasPrefix(reservedPrefix) else {
            throw CeleriacError(
                .invalidName,
                "a task cannot be named \"\(task.name)\": names with the prefix \"\(reservedPrefix)\" belong to "
                    + "Celery's own tasks")
        }
        let task = DeclaredTask(task, index: tasks.count)
        if let other = tasks[task.name] {
            throw CeleriacError(
                .duplicateTask,
                "two tasks are named \"\(task.name)\": \(other.origin) and \(task.origin); rename one")
        }
        tasks[task.name] = task
    }

    /// Registers every `@Task` of the executable, once.
    ///
    /// - Throws: as ``add(_:)``. Nothing is registered then, and the next call tries again.
    package func discover() throws {
        try mustDiscover.withLock { mustDiscover in
            guard mustDiscover else { return }
            try add(TaskDiscovery.all())
            mustDiscover = false
        }
    }

    /// The options of a task; `nil` if this program does not have it.
    func options(of task: TaskName) -> TaskOptions? { self[task]?.options }

    /// The parameters of a task; `nil` if this program does not know them.
    func parameters(of task: TaskName) -> [TaskParameter]? { self[task]?.parameters }
}
