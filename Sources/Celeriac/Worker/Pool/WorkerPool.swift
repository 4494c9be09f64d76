/// Where a worker's tasks run: in its own process, or in children of it.
///
/// It is handed only what is fit to start, and answers with what came of it. It settles nothing and talks to no broker.
protocol WorkerPool: Sendable {
    /// Makes the pool ready.
    ///
    /// - Throws: `CeleriacError` with code `invalidConfiguration` if it cannot be, with the reason; `CancellationError`
    ///   after ``abandonStart()``.
    func start() async throws

    /// Ends a ``start()`` that still waits. Does nothing once the pool is ready.
    func abandonStart()

    /// Whether a task may go on after ``stop()``, as one does that ignores its cancellation in the worker's own process.
    var tasksCanOutliveIt: Bool { get }

    /// Runs one task to its outcome.
    func run(_ run: TaskRun) async -> Outcome

    /// Ends what still runs, as interrupted, and everything that the pool has made.
    func stop() async

    /// Asks for as many slots as can run at once. Takes effect as what runs comes to its end.
    func resize(toSlots slots: Int)

    /// How many slots one step of growing is worth.
    var step: Int { get }

    /// What remote control tells of the pool.
    var description: PoolDescription { get }
}

/// One start of a task.
struct TaskRun: Sendable {
    let attempt: Attempt
    let task: AnyTask
    let arguments: ReceivedArguments
    let context: TaskContext
    let times: LiveLimits.Times
}

/// What `inspect stats` tells of a pool.
struct PoolDescription: Sendable {
    /// In the form of Celery's, `module:Class`.
    var implementation: String
    /// The processes that tasks run in.
    var processes: [Int32]
    /// `nil` = without limit.
    var maxTasksPerChild: Int?
}
