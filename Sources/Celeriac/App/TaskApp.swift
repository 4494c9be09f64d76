import CeleriacPool
public import Logging
import CeleriacLogging
import CeleriacWire
import Synchronization

/// The one value that knows broker, result backend, routes and tasks.
///
/// ```swift
/// let app = try TaskApp("sqlite:///tasks.sqlite", schemes: [.sqlite])
/// app.makeDefault()                                      // so that $task.delay(…) needs no app
/// let result = try await $sendWelcomeEmail.delay(to: "ada@example.com")
/// ```
public final class TaskApp: Sendable {
    /// The broker, the result backend and their ports.
    package let backend: Backend
    public let options: AppOptions
    public let time: any TimeSource
    /// What code and workers of this app write to: the given logger, with everything escaped in metadata that could end a
    /// line or speak to a terminal.
    public let logger: Logger

    /// Whether broker and result backend are one store that knows by itself which calls wait and which run.
    let derivesStates: Bool
    /// The states before the end that must be written, since the result backend does not know them otherwise.
    let interimStates: Set<TaskState>
    /// How long results are kept, in seconds, worked out once: it is needed at each end of a task. `nil` = forever.
    let resultLifetime: Double?
    let registry: Registry
    let router: Router
    let codec: any MessageCodec
    /// Sends for this app.
    let publisher: Publisher
    /// The app's middleware, as far as it wraps runs.
    let runMiddleware: [any RunMiddleware]
    /// Shared by all that this app sends and by its workers, as in Celery.
    let clock = LogicalClock()
    /// Whether this is a child process whose broker nobody else can reach.
    let isCutOff: Bool
    /// What code has declared of the beat's schedule, by name.
    let entries = Guarded<[String: ScheduleEntry]>([:])

    /// - Throws: `CeleriacError` with code `duplicateTask` if two of `options.tasks` share a name, with `invalidSchedule` if two
    ///   entries of `options.schedule` do.
    public init(
        _ backend: Backend, options: AppOptions = AppOptions(), time: any TimeSource = SystemTime(),
        logger: Logger = Logger(label: "celeriac")
    ) throws {
        self.backend = backend
        isCutOff = backend.broker.isProcessLocal && ThisProcess.parent != nil
        derivesStates = backend.derivesStates
        interimStates = backend.interimStates
        self.options = options
        let resultExpiry = options.resultExpiry.duration(usual: backend.results?.usualExpiry ?? .days(1))
        resultLifetime = resultExpiry?.seconds
        self.time = time
        self.logger = logger.escapingMetadata
        router = Router(
            routes: options.routes, fallback: options.defaultQueue, declared: options.queues,
            reserving: backend.reserving)
        codec = CeleryCodec(limits: options.limits, accepting: options.accept)
        registry = Registry(discovers: options.discoversTasks)
        runMiddleware = options.middleware
        publisher = Publisher(
            backend, options: options, router: router, codec: codec, resultExpiry: resultExpiry,
            interimStates: interimStates, isReachable: !isCutOff, tasks: registry, clock: clock, time: time,
            logger: self.logger)
        backend.serializing?.writeResults(in: options.resultSerializer, accepting: options.accept)
        for task in options.tasks { try registry.add(task) }
        for entry in options.schedule { try schedule(entry) }
    }

    public var broker: any Broker { backend.broker }
    /// `nil` = results are not kept.
    public var results: (any ResultBackend)? { backend.results }
    /// Where the broker was opened, if by URL.
    var brokerURL: BackendURL? { backend.url }
    /// Where the result backend was opened, if by URL.
    var resultsURL: BackendURL? { backend.resultsURL }

    // MARK: Tasks

    /// Adds a task that no `@Task` declares.
    ///
    /// - Throws: `CeleriacError` with code `duplicateTask`, which names both.
    public func register(_ task: some TaskDefinition) throws { try registry.add(task) }

    /// Makes and adds a task out of a closure. See ``ClosureTask``.
    public func task<Output, each Argument>(
        _ name: TaskName, options: TaskOptions = TaskOptions(), file: String = #fileID, line: Int = #line,
        _ body: @escaping @Sendable @concurrent (repeat each Argument) async throws -> Output
    ) throws -> ClosureTask<Output, repeat each Argument> {
        let task = ClosureTask(name, options: options, file: file, line: line, body)
        try register(task)
        return task
    }

    /// The names of the tasks that a worker of this app can run, sorted.
    ///
    /// - Throws: `CeleriacError` with code `duplicateTask` if two `@Task`s share a name.
    public func taskNames() throws -> [TaskName] {
        try registry.discover()
        return registry.all.map(\.name)
    }

    /// What kind of broker it is: the scheme of its URL, or the broker's own word.
    var transport: String { brokerURL?.scheme ?? broker.transport }

    // MARK: Faces

    /// RQ's face: a queue that one puts calls into.
    public func queue(_ name: QueueName) -> Queue { Queue(name: name, app: self) }

    /// The handle of a call made earlier, perhaps by another process.
    public func result<Output: Decodable & Sendable>(
        of id: TaskID, as type: Output.Type = Output.self
    ) -> AsyncResult<Output> {
        AsyncResult(id: id, app: self)
    }

    /// Removes what waits in a queue.
    ///
    /// - Returns: how many messages that were.
    @discardableResult
    public func purge(_ queue: QueueName) async throws -> Int { try await broker.purge(queue) }

    // MARK: Abilities of the backends

    /// - Throws: `CeleriacError` with code `noResultBackend`.
    func requireResults() throws -> any ResultBackend {
        if let results { return results }
        throw CeleriacError(
            .noResultBackend,
            "this app keeps no results: give TaskApp a result backend, or set CELERIAC_RESULT_BACKEND "
                + "(for example sqlite:///tasks.sqlite)"
        )
    }
}
