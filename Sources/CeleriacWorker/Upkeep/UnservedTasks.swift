import Logging

/// The registered tasks whose calls go to queues that a worker does not serve.
///
/// Calls that go through an exchange are left out: the broker knows to which queues they lead.
struct UnservedTasks: Sendable {
    let app: TaskApp
    let served: [QueueName]
    /// The tasks of each queue that is not served, sorted by name.
    let tasks: [QueueName: [TaskName]]

    init(_ app: TaskApp, served: [QueueName]) {
        self.app = app
        self.served = served
        var tasks: [QueueName: [TaskName]] = [:]
        for task in app.registry.all {
            guard let queue = app.router.usualQueue(of: task.name, task.options), !served.contains(queue) else {
                continue
            }
            tasks[queue, default: []].append(task.name)
        }
        self.tasks = tasks
    }

    /// Logs one warning for each queue.
    func warn() {
        for (queue, tasks) in tasks.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            app.logger.warning(
                """
                this worker does not serve the queue of some of its tasks: their calls wait until a worker serves it. \
                Add the queue to this worker (WorkerOptions.queues, on the command line --queues), or start another \
                worker for it
                """,
                metadata: [
                    "queue": "\(queue)", "tasks": "\(list(tasks.map(\.rawValue)))",
                    "served": "\(list(served.map(\.rawValue)))",
                ]
            )
        }
    }

    private func list(_ names: [String]) -> String { names.joined(separator: ", ") }
}
