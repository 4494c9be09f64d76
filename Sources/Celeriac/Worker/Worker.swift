import CeleriacPool
public import ServiceLifecycle
import Logging
import Synchronization

/// The service that runs tasks: alone, or beside a web server in one process.
///
/// ```swift
/// let worker = Worker(app)
/// try await ServiceGroup(services: [server, worker], gracefulShutdownSignals: [.sigterm], logger: logger).run()
/// ```
///
/// It ends when it is told to, as urgently as it is told: see ``stop(_:)``. Graceful shutdown of its service group tells it
/// ``Urgency/warm``, cancellation of its task ``Urgency/soft``.
public struct Worker: Service {
    private let app: TaskApp
    private let late: LateSession

    var session: WorkerSession { late.session }

    /// - Parameters:
    ///   - app: its `@Task`s are found when the worker starts.
    ///   - options: queues, concurrency, lease and the like.
    public init(_ app: TaskApp, options: WorkerOptions = WorkerOptions()) {
        self.app = app
        late = LateSession(app, options)
    }

    /// What it has done so far.
    public var statistics: WorkerStatistics { session.settler.statistics }

    /// Works until it is told to end, or comes to the end that its options name (burst, `maxTasks`). Once. In a child process
    /// of a worker it serves that one, and does not return; see ``isChild``.
    ///
    /// - Throws: `CeleriacError` with code `duplicateTask`, which names both, or with `invalidConfiguration` where child
    ///   processes cannot be had; `BrokerError` that waiting does not mend.
    public func run() async throws {
        try app.registry.discover()
        if let parent = ThisProcess.parent { await ChildWorker(app).run(under: parent) }
        let session = session
        // Unstructured to shield the orderly end from cancellation: leases are given back either way. On the lane, since it
        // must come to that end while tasks hold every thread of the pool.
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

/// Makes the session when it is first asked for: a child process never does.
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
