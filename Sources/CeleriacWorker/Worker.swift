import CeleriacPool
public import ServiceLifecycle
import Logging
import Synchronization

/// The service that runs tasks, alone or in one process with a web server.
///
/// ```swift
/// let worker = Worker(app)
/// try await ServiceGroup(services: [server, worker], gracefulShutdownSignals: [.sigterm], logger: logger).run()
/// ```
///
/// A worker ends when it is asked to, with the requested urgency: see ``stop(_:)``. Graceful shutdown of its service
/// group asks for ``Urgency/warm``, cancellation of its task for ``Urgency/soft``.
public struct Worker: Service {
    private let app: TaskApp
    private let late: LateSession

    var session: WorkerSession { late.session }

    /// - Parameters:
    ///   - app: the app whose `@Task`s are found when the worker starts.
    ///   - options: queues, concurrency, lease and so on.
    public init(_ app: TaskApp, options: WorkerOptions = WorkerOptions()) {
        self.app = app
        late = LateSession(app, options)
    }

    /// The counts of what the worker has done so far.
    public var statistics: WorkerStatistics { session.settler.statistics }

    /// Works until it is asked to end, or reaches the end that its options set (burst, `maxTasks`). Call it once. In a
    /// child process of a worker it serves that worker, and does not return; see ``isChild``.
    ///
    /// - Throws: `CeleriacError` with code `duplicateTask`, which names both tasks, or with `invalidConfiguration` if
    ///   child processes are not possible or a task's container has no value
    ///   (``AppOptions/requiresContainers``); `BrokerError` if waiting does not cure it, with code `nameTaken` if another
    ///   worker of this name is alive, as far as the broker knows (RabbitMQ does).
    public func run() async throws {
        try app.catalogue.discover()
        if let parent = ThisProcess.parent { await ChildWorker(app).run(under: parent) }
        try app.checkContainers()
        let session = session
        // Unstructured, to shield the orderly end from cancellation: leases are given back either way. Runs on the
        // lane, since it must reach that end while tasks hold every thread of the pool.
        let work = Task(executorPreference: session.lane) { try await session.run() }
        try await withTaskCancellationHandler {
            try await withGracefulShutdownHandler {
                try await work.value
            } onGracefulShutdown: {
                stop(.warm)
            }
        } onCancel: {
            stop(.soft)
        }
    }
}

/// Makes the session on first use: a child process never needs one.
private final class LateSession: Sendable {
    private let app: TaskApp
    private let options: WorkerOptions
    private let made = Guarded<WorkerSession?>(nil)

    init(_ app: TaskApp, _ options: WorkerOptions) {
        self.app = app
        self.options = options
    }

    var session: WorkerSession {
        made.withLock { made in
            if let made { return made }
            let session = WorkerSession(app, options)
            made = session
            return session
        }
    }
}
