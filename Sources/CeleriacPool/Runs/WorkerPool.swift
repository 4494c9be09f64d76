/// Where a worker's tasks run: in its own process, or in children of it.
///
/// It gets only runs that are ready to start, and returns how they ended. It settles nothing and talks to no broker.
package protocol WorkerPool: Sendable {
    /// Makes the pool ready.
    ///
    /// - Throws: `CeleriacError` with code `invalidConfiguration` if it cannot be, with the reason; `CancellationError`
    ///   after ``abandonStart()``.
    func start() async throws

    /// Ends a ``start()`` that still waits. Does nothing once the pool is ready.
    func abandonStart()

    /// Carries one run to its end.
    ///
    /// - Parameter work: what the run does.
    func run(_ run: Run, doing work: any RunWork) async -> RunEnd

    /// Ends what still runs, as interrupted, and everything that the pool has made.
    func stop() async

    /// Sets how many runs can go on at once. Takes effect as running ones end.
    func resize(toSlots slots: Int)

    /// Whether a task may go on after ``stop()``, as one does that ignores its cancellation in the worker's own process.
    var tasksCanOutliveIt: Bool { get }

    /// How many slots one step of growing is worth.
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
