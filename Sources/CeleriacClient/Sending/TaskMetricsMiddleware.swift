import Metrics

/// Counts and times calls through swift-metrics.
///
/// | label | kind | dimensions |
/// |---|---|---|
/// | `celeriac_tasks_published_total` | counter | `task` |
/// | `celeriac_tasks_total` | counter | `task`, `queue`, `outcome` (`success`, `error`, `replaced`) |
/// | `celeriac_task_run_seconds` | timer | `task` |
/// | `celeriac_tasks_running` | gauge | `task` |
///
/// Task names come from the registry here, so a hostile message cannot make labels without end.
public struct TaskMetricsMiddleware: SendMiddleware {
    public init() {}

    public func published(_ publications: [Publication], _ report: PublishReport) async {
        for call in publications.map(\.envelope) where report.duplicates[call.id] == nil {
            Counter(label: "celeriac_tasks_published_total", dimensions: [("task", call.task.rawValue)]).increment()
        }
    }
}
