/// Where a worker's tasks run: in its own process, or in children of it.
///
/// It receives only runs that are ready to start, and returns how they ended. It neither settles nor uses a broker.
package protocol WorkerPool: Sendable {
    /// Makes the pool ready.
    ///
    /// - Throws: `CeleriacError` with code `invalidConfiguration` and the reason if the pool cannot be made ready;
    ///   `CancellationError` after ``abandonStart()``.
    func start() async throws

    /// Ends a ``start()`` that still waits. Does nothing once the pool is ready.
    func abandonStart()

    /// Carries one run to its end.
    ///
    /// - Parameter work: what the run does.
    func run(_ run: Run, doing work: any RunWork) async -> RunEnd

    /// Where the worker's own part of each run goes on. `nil` = on Swift's own executor.
    var taskExecutor: (any TaskExecutor)? { get }

    /// Ends the remaining runs, as interrupted, and everything that the pool has made.
    func stop() async

    /// Sets how many runs can go on at once. Takes effect as running ones end.
    func resize(toSlots slots: Int)

    /// Whether a task may go on after ``stop()``, like one in the worker's own process that ignores its cancellation.
    var tasksCanOutliveIt: Bool { get }

    /// The number of slots in one step of growth.
    var step: Int { get }

    /// What remote control reports of the pool.
    var description: PoolDescription { get }
}

/// What `inspect stats` reports of a pool.
package struct PoolDescription: Sendable {
    /// In Celery's form, `module:Class`.
    package var implementation: String
    /// The processes that tasks run in.
    package var processes: [Int32]
    /// `nil` = no limit.
    package var maxTasksPerChild: Int?
}
