import CeleriacPool
import Synchronization

/// Runs, in a child process, the calls that its supervisor sends.
struct ChildTasks: Sendable {
    let app: TaskApp

    /// Calls that the task sends go from here to the app's broker; states that it sets go through the supervisor.
    func perform(_ run: Run, _ worker: String, _ record: @escaping ChildWorker.Recorder) async -> RunEnd {
        let context = TaskContext(
            app: app, envelope: run.envelope, queue: run.queue, worker: worker, deliveryCount: run.deliveryCount,
            startedAt: run.startedAt,
            recorder: { [app] state, meta in
                _ = try app.requireResults()
                try await record(state, meta)
            }
        )
        let outcome = await outcome(of: run, context)
        return RunEnd(outcome, children: context.children, additions: context.additions.withLock { $0 })
    }

    private func outcome(of run: Run, _ context: TaskContext) async -> Outcome {
        guard let task = app.registry[run.envelope.task] else {
            return .rejected(.notRegistered(run.envelope.task, known: app.registry.count))
        }
        do {
            let arguments = try app.codec.decode(run.envelope).arguments
            return await TaskRunner(app: app).end(
                of: TaskRun(run, task: task, arguments: arguments, context: context)
            ).outcome
        } catch {
            // The supervisor has decoded it before, so only a bug can lead here.
            return .rejected(TaskFailure(type: "DecodeError", module: "Celeriac", message: "\(error)"))
        }
    }
}

extension ChildWorker {
    /// The child's side of a worker of this app.
    convenience init(_ app: TaskApp) { self.init(logger: app.logger, perform: ChildTasks(app: app).perform) }
}
