import Logging

extension TaskApp {
    /// Checks that the container of each registered task has its value.
    ///
    /// Without ``AppOptions/requiresContainers``, logs a warning for each task that lacks its value.
    ///
    /// - Throws: `CeleriacError` with code `invalidConfiguration`, which names the tasks and the types.
    func checkContainers() throws {
        let lacking = lackingTasks
        guard !lacking.isEmpty else { return }
        guard !options.requiresContainers else { throw Self.refusal(of: lacking) }
        for task in lacking {
            logger.warning(
                "a task has no container, so its calls become dead letters: add a value to AppOptions.containers",
                metadata: ["task": "\(task.name)", "container": "\(task.container)"])
        }
    }

    private typealias LackingTask = (name: TaskName, container: String)

    private var lackingTasks: [LackingTask] {
        catalogue.all.compactMap { task in
            guard let type = task.containerType, !containers.has(type) else { return nil }
            return (task.name, String(reflecting: type))
        }
    }

    private static func refusal(of lacking: [LackingTask]) -> CeleriacError {
        let names = Dictionary(grouping: lacking, by: \.container).mapValues { $0.map(\.name.rawValue) }
        let list = names.sorted { $0.key < $1.key }
            .map { "\($0.key) (the container of \($0.value.joined(separator: ", ")))" }
        return CeleriacError(
            .invalidConfiguration,
            "a worker cannot run tasks without a value of their container: add a value of each of these types to "
                + "AppOptions(containers:), or set requiresContainers to false if this worker is not to run the tasks: "
                + list.joined(separator: "; ")
        )
    }
}
