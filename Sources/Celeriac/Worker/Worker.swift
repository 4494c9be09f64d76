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
/// On graceful shutdown it stops claiming, lets what runs finish within ``WorkerOptions/shutdownLimit``, cancels the rest
/// and gives it back uncounted. When its task is cancelled it does the same without the wait.
public struct Worker: Service {
    private let app: TaskApp
    private let options: WorkerOptions
    private let session: WorkerSession

    /// - Parameters:
    ///   - app: its `@Task`s are found when the worker starts.
    ///   - options: queues, concurrency, lease and the like.
    public init(_ app: TaskApp, options: WorkerOptions = WorkerOptions()) {
        self.app = app
        self.options = options
        session = WorkerSession(app, options)
    }

    /// What it has done so far.
    public var statistics: WorkerStatistics { session.settler.statistics }

    /// Works until graceful shutdown, cancellation, or the end that its options name (burst, `maxTasks`). Once.
    ///
    /// - Throws: `CeleriacError` with code `duplicateTask`, which names both; `BrokerError` that waiting does not mend.
    public func run() async throws {
        try app.discoverTasks()
        let session = session
        // Unstructured to shield the orderly end from cancellation: leases are given back either way.
        let work = Task { try await session.run() }
        try await withTaskCancellationHandler {
            try await withGracefulShutdownHandler {
                try await work.value
            } onGracefulShutdown: {
                session.stop(gracefully: true)
            }
        } onCancel: {
            session.stop(gracefully: false)
        }
    }
}
