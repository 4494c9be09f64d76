public import Logging
import CeleriacLogging
import CeleriacWire
import Synchronization

/// Connects broker, result backend, routes and tasks. Programs send calls and run workers through it.
///
/// ```swift
/// let app = try TaskApp("sqlite:///tasks.sqlite", schemes: [.sqlite])
/// app.makeDefault()                                      // so that $task.delay(…) needs no app
/// let result = try await $sendWelcomeEmail.delay(to: "ada@example.com")
/// ```
public final class TaskApp: Sendable {
    /// The broker, the result backend and their ports.
    package let backend: Backend
    /// The settings that the app was made with.
    public let options: AppOptions
    /// The clock that the app and its workers use for everything.
    public let time: any TimeSource
    /// The logger of this app and its workers: the given logger, which escapes all metadata characters that could end a
    /// line or control a terminal.
    public let logger: Logger

    /// Whether broker and result backend are one store that derives by itself which calls wait and which run.
    package let derivesStates: Bool
    /// Whether there is a result backend.
    package let keepsResults: Bool
    /// The non-terminal states that must be written, because the result backend cannot derive them.
    package let interimStates: Set<TaskState>
    /// The tasks that this program has registered.
    package let catalogue: TaskCatalogue
    /// The values that tasks are methods of.
    package let containers: TaskContainers
    package let router: CallRouter
    package let codec: any MessageCodec
    /// Sends for this app.
    package let publisher: Publisher
    /// The Lamport clock that the app's sender and its workers share, as in Celery.
    package let clock = LogicalClock()
    /// Whether this is a child process with a broker that no other process can reach.
    package let isCutOff: Bool
    /// See ``attached(_:)``.
    let attachment = Attached()
    /// The schedule entries that code has declared, by name.
    let entries = Guarded<[String: ScheduleEntry]>([:])

    /// - Throws: `CeleriacError` with code `duplicateTask` if two of `options.tasks` share a name, with
    ///   `invalidConfiguration` if two of `options.containers` have the same type, or with `invalidSchedule` if two
    ///   entries of `options.schedule` share a name.
    public init(
        _ backend: Backend, options: AppOptions = AppOptions(), time: any TimeSource = SystemTime(),
        logger: Logger = Logger(label: "celeriac")
    ) throws {
        self.backend = backend
        isCutOff = backend.broker.isProcessLocal && ThisProcess.parent != nil
        derivesStates = backend.derivesStates
        keepsResults = backend.results != nil
        interimStates = backend.interimStates
        self.options = options
        let expiry = options.resultExpiry.duration(usual: backend.results?.usualExpiry ?? .days(1))
        self.time = time
        self.logger = logger.escapingMetadata
        router = CallRouter(
            routes: options.routes, fallback: options.defaultQueue, declared: options.queues,
            reserving: backend.reserving)
        codec = CeleryCodec(limits: options.limits, accepting: options.accept)
        catalogue = TaskCatalogue(discovers: options.discoversTasks)
        containers = try TaskContainers(options.containers)
        publisher = Publisher(
            backend, options: options, router: router, codec: codec, resultLifetime: expiry?.seconds,
            interimStates: interimStates, isReachable: !isCutOff, tasks: catalogue, clock: clock, time: time,
            logger: self.logger)
        backend.serializing?.writeResults(in: options.resultSerializer, accepting: options.accept)
        try catalogue.add(options.tasks)
        for entry in options.schedule { try schedule(entry) }
    }

    /// How long results are kept, in seconds; `nil` keeps them forever.
    package var resultLifetime: Double? { publisher.resultLifetime }
    /// The broker.
    public var broker: any Broker { backend.broker }
    /// The result backend; `nil` if results are not kept.
    public var results: (any ResultBackend)? { backend.results }
    /// The URL of the broker; `nil` if the app was not opened by URL.
    package var brokerURL: BackendURL? { backend.url }
    /// The URL of the result backend; `nil` if the app was not opened by URL or keeps no results.
    package var resultsURL: BackendURL? { backend.resultsURL }

    // MARK: Tasks

    /// Adds a task that no `@Task` declares.
    ///
    /// - Throws: `CeleriacError` with code `duplicateTask`, which names both tasks; `invalidName` for a name that is
    ///   reserved for Celery's own tasks.
    public func register(_ task: some RunnableTask) throws { try catalogue.add([task]) }

    /// The names of the tasks that a worker of this app can run, sorted.
    ///
    /// - Throws: `CeleriacError` with code `duplicateTask` if two `@Task`s share a name.
    public func taskNames() throws -> [TaskName] {
        try catalogue.discover()
        return catalogue.all.map(\.name)
    }

    /// The kind of broker: the scheme of its URL, or the name that the broker reports.
    package var transport: String { brokerURL?.scheme ?? broker.transport }

    // MARK: Faces

    /// Returns a queue in RQ's style, to put calls into.
    public func queue(_ name: QueueName) -> Queue { Queue(name: name, app: self) }

    /// Returns the handle of a call made earlier, perhaps by another process.
    public func result<Output: Decodable & Sendable>(
        of id: TaskID, as type: Output.Type = Output.self
    ) -> AsyncResult<Output> {
        AsyncResult(id: id, app: self)
    }

    /// Removes the messages that wait in a queue.
    ///
    /// - Returns: the number of messages removed.
    @discardableResult
    public func purge(_ queue: QueueName) async throws -> Int { try await broker.purge(queue) }

    // MARK: Abilities of the backends

    /// - Throws: `CeleriacError` with code `noResultBackend`.
    package func requireResults() throws -> any ResultBackend {
        if let results { return results }
        throw CeleriacError(
            .noResultBackend,
            "this app has no result backend: give TaskApp one, or set CELERIAC_RESULT_BACKEND "
                + "(for example sqlite:///tasks.sqlite)"
        )
    }
}
