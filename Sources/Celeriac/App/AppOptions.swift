/// What an app is told besides its backends.
public struct AppOptions: Sendable {
    /// The queue of calls for which nothing names one. Default `QueueName.default`, `celery`.
    public var defaultQueue: QueueName
    /// Tried in order for calls whose caller and task name no queue.
    public var routes: [TaskRoute]
    /// Exchanges and the queues bound to them, declared once before this app first sends or serves. Needs a broker that has
    /// exchanges.
    public var topology: Topology
    /// Whether an event tells of each call that is sent: Celery's `task_send_sent_event`. Needs a broker that carries
    /// events; each send then waits for one message more.
    public var sendsSentEvents: Bool
    /// The only queues there are; `nil` (the default) = a queue comes to be by being used.
    public var queues: Set<QueueName>?
    /// How long states and results are kept after they were written. Default ``ResultExpiry/usual``: one day, on RQ's layout
    /// 500 seconds. `nil` = forever.
    public var resultExpiry: ResultExpiry
    /// What becomes of the members of a result that are `nil`, unless its task says otherwise. Default: they are left out.
    public var nilMembers: NilMembers
    /// Whether no result is kept unless a task or call asks for it.
    public var ignoreResults: Bool
    public var limits: MessageLimits
    /// The formats in which bodies of calls and results are read: Celery's `accept_content`. Default JSON alone. A message
    /// in another one is parked, with its content type as the reason.
    public var accept: [Serializer]
    /// The format of the calls that this app sends: Celery's `task_serializer`. Default JSON. A call that follows another
    /// one, such as the next step of a chain, is sent in the format of that one.
    public var taskSerializer: Serializer
    /// The format of results: Celery's `result_serializer`. Default JSON. All programs that share the results must agree on
    /// it, since a result does not say in which format it is. No effect on stores whose records Python does not read
    /// (memory, SQLite, RQ's layout).
    public var resultSerializer: Serializer
    /// Tasks to register besides those found.
    public var tasks: [any TaskDefinition]
    /// Whether every `@Task` linked into the executable is registered when a worker starts. Default yes.
    public var discoversTasks: Bool
    /// What the beat publishes, as this program declares it; see also `TaskApp.schedule(_:)`.
    public var schedule: [ScheduleEntry]
    /// Takes part in sending and running, the first one outermost.
    public var middleware: [any TaskMiddleware]

    public init(
        defaultQueue: QueueName = .default, routes: [TaskRoute] = [], queues: Set<QueueName>? = nil,
        resultExpiry: ResultExpiry = .usual, ignoreResults: Bool = false, limits: MessageLimits = MessageLimits(),
        tasks: [any TaskDefinition] = [], discoversTasks: Bool = true, middleware: [any TaskMiddleware] = [],
        topology: Topology = Topology(), sendsSentEvents: Bool = false, schedule: [ScheduleEntry] = [],
        accept: [Serializer] = [.json], taskSerializer: Serializer = .json, resultSerializer: Serializer = .json,
        nilMembers: NilMembers = .omitted
    ) {
        self.defaultQueue = defaultQueue
        self.routes = routes
        self.queues = queues
        self.resultExpiry = resultExpiry
        self.ignoreResults = ignoreResults
        self.limits = limits
        self.accept = accept
        self.taskSerializer = taskSerializer
        self.resultSerializer = resultSerializer
        self.tasks = tasks
        self.discoversTasks = discoversTasks
        self.middleware = middleware
        self.topology = topology
        self.sendsSentEvents = sendsSentEvents
        self.schedule = schedule
        self.nilMembers = nilMembers
    }
}
