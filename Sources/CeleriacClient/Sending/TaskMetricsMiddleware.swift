#if Metrics
    import Metrics
    import Synchronization

    /// Counts and times calls through swift-metrics.
    ///
    /// | label | kind | dimensions |
    /// |---|---|---|
    /// | `celeriac_tasks_published_total` | counter | `task` |
    /// | `celeriac_tasks_total` | counter | `task`, `queue`, `outcome` |
    /// | `celeriac_task_run_seconds` | timer | `task` |
    /// | `celeriac_tasks_running` | gauge | `task` |
    ///
    /// The outcome is that of one attempt:
    ///
    /// | outcome | the task |
    /// |---|---|
    /// | `success` | returned |
    /// | `error` | threw an error, whether or not its retry policy runs it again |
    /// | `retry`, `snooze`, `reject`, `discard` | threw the directive of ``TaskContext`` with this name |
    /// | `replaced` | replaced itself with another call or canvas |
    ///
    /// A worker runs only registered tasks, so a hostile message cannot add labels there. An app may send a call of any
    /// name, so the counter of published calls has a limit of its own, and counts the calls of all other tasks together,
    /// with the task `(other)`.
    public struct TaskMetricsMiddleware: SendMiddleware {
        private let names: LabelledTasks

        /// - Parameter labelledTasks: the number of task names that the counter of published calls tells apart: those that
        ///   are sent first.
        public init(labelledTasks: Int = 1_000) { names = LabelledTasks(most: labelledTasks) }

        public func published(_ publications: [Publication], _ report: PublishReport) async {
            for call in publications.map(\.envelope) where report.duplicates[call.id] == nil {
                Counter(label: "celeriac_tasks_published_total", dimensions: [("task", names.label(of: call.task))])
                    .increment()
            }
        }
    }

    /// The tasks that have a label of their own in the counter of published calls.
    private final class LabelledTasks: Sendable {
        private let most: Int
        private let names = Guarded<Set<TaskName>>([])

        init(most: Int) { self.most = most }

        /// The name of the task, or `(other)` if as many others were seen before.
        func label(of task: TaskName) -> String {
            let isLabelled = names.withLock { names in
                if names.contains(task) { return true }
                guard names.count < most else { return false }
                return names.insert(task).inserted
            }
            return isLabelled ? task.rawValue : "(other)"
        }
    }
#endif
