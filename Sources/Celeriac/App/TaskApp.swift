import CeleriacPool
public import Logging
import CeleriacLogging
import CeleriacMemory
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
    public let broker: any Broker
    /// `nil` = results are not kept.
    public let results: (any ResultBackend)?
    public let options: AppOptions
    public let time: any TimeSource
    /// What code and workers of this app write to: the given logger, with everything escaped in metadata that could end a
    /// line or speak to a terminal.
    public let logger: Logger

    /// Whether broker and result backend are one store, which ends an attempt in one transaction.
    let hasCompletionStore: Bool
    /// Whether that store knows by itself which calls wait and which run.
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
    /// Where broker and results were opened, if by URL.
    let brokerURL: BackendURL?
    let resultsURL: BackendURL?
    /// Whether this process has a memory broker that nobody shares: that of a child process.
    let isCutOff: Bool
    /// What code has declared of the beat's schedule, by name.
    let entries = Guarded<[String: ScheduleEntry]>([:])

    /// - Throws: `CeleriacError` with code `duplicateTask` if two of `options.tasks` share a name, with `invalidSchedule` if two
    ///   entries of `options.schedule` do.
    public init(
        _ backend: Backend, options: AppOptions = AppOptions(), time: any TimeSource = SystemTime(),
        logger: Logger = Logger(label: "celeriac")
    ) throws {
        broker = backend.broker
        results = backend.results
        hasCompletionStore =
            broker is any CompletionStore && results.map { ($0 as AnyObject) === (backend.broker as AnyObject) } == true
        isCutOff = backend.broker is MemoryStore && ThisProcess.parent != nil
        brokerURL = backend.url
        resultsURL = backend.resultsURL
        derivesStates = hasCompletionStore && broker is any StateDerivingStore
        interimStates = Self.interimStates(of: backend.results, derivesStates: derivesStates)
        self.options = options
        let resultExpiry = options.resultExpiry.duration(usual: backend.results?.usualExpiry ?? .days(1))
        resultLifetime = resultExpiry?.seconds
        self.time = time
        self.logger = logger.escapingMetadata
        router = Router(
            routes: options.routes, fallback: options.defaultQueue, declared: options.queues,
            reserving: broker as? any QueueReserving)
        codec = CeleryCodec(limits: options.limits, accepting: options.accept)
        registry = Registry(discovers: options.discoversTasks)
        runMiddleware = options.middleware
        publisher = Publisher(
            backend, options: options, router: router, codec: codec, resultExpiry: resultExpiry,
            interimStates: interimStates, isReachable: !isCutOff, tasks: registry, clock: clock, time: time,
            logger: self.logger)
        if let results = backend.results as? any ResultSerializing {
            results.writeResults(in: options.resultSerializer, accepting: options.accept)
        }
        for task in options.tasks { try registry.add(task) }
        for entry in options.schedule { try schedule(entry) }
    }

    /// A store that derives states from messages can do so of its own alone: beside another broker it is told.
    private static func interimStates(of results: (any ResultBackend)?, derivesStates: Bool) -> Set<TaskState> {
        guard let results, !derivesStates else { return [] }
        return results is any StateDerivingStore ? [.pending, .started] : results.interimStates
    }

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

    /// What kind of broker it is, in a word.
    var transport: String {
        brokerURL?.scheme ?? "\(type(of: broker))".replacing("Store", with: "").lowercased()
    }

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

    /// - Throws: `CeleriacError` with code `unsupported`, which names the ability.
    func require<Ability>(_ ability: Ability.Type, for purpose: String) throws -> Ability {
        try publisher.backend.require(ability, for: purpose)
    }
}

extension Backend {
    /// - Throws: `CeleriacError` with code `unsupported`, which names the ability.
    func require<Ability>(_ ability: Ability.Type, for purpose: String) throws -> Ability {
        if let able = broker as? Ability { return able }
        throw CeleriacError(.unsupported, "the broker of this app (\(type(of: broker))) cannot \(purpose)")
    }
}
