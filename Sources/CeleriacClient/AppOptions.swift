/// The settings of an app, apart from its backends.
public struct AppOptions: Sendable {
    /// The queue for calls when neither caller, task nor route names one. Default `QueueName.default`, `celery`.
    public var defaultQueue: QueueName
    /// The routes, tried in order for calls whose caller and task name no queue.
    public var routes: [TaskRoute]
    /// Exchanges and the queues bound to them, declared once before this app first sends or serves. Requires a broker
    /// with exchanges.
    public var topology: Topology
    /// Whether the app emits an event for each call that it sends: Celery's `task_send_sent_event`. Requires a broker
    /// that carries events; each send then waits for one more message.
    public var sendsSentEvents: Bool
    /// The queues that calls may use; any other name throws `unknownQueue`. `nil` (the default) allows every queue,
    /// created by its first use.
    public var queues: Set<QueueName>?
    /// How long states and results are kept after they were written. Default ``ResultExpiry/usual``: one day, or 500
    /// seconds on RQ's layout. `nil` keeps them forever.
    public var resultExpiry: ResultExpiry
    /// How members of a result that are `nil` are written, unless the task has its own setting. Default: they are left
    /// out.
    public var nilMembers: NilMembers
    /// Whether results are discarded. A call can ask to keep its own (`CallOptions.ignoreResult`); a task cannot.
    public var ignoreResults: Bool
    /// The maximum sizes of messages and results, and the rules by which their JSON is read.
    public var limits: MessageLimits
    /// The formats that this app reads in bodies of calls and in results: Celery's `accept_content`. Default: JSON
    /// only. A message in another format becomes a dead letter, with its content type as the reason.
    public var accept: [Serializer]
    /// The format of the calls that this app sends: Celery's `task_serializer`. Default JSON. A call that follows
    /// another one, such as the next step of a chain, uses the format of the call that it follows.
    public var taskSerializer: Serializer
    /// The format of results: Celery's `result_serializer`. Default JSON. All programs that share the results must
    /// agree on it, because a stored result does not name its format. Has no effect on stores whose records Python does
    /// not read (memory, SQLite, RQ's layout).
    public var resultSerializer: Serializer
    /// Tasks to register in addition to those that are discovered.
    public var tasks: [any RunnableTask]
    /// The values that tasks are methods of, at most one of each `@TaskContainer` type. Only workers need them: calls can
    /// be sent without. Child processes of a worker make their own values, since they run the same code.
    public var containers: [any TaskContainer]
    /// Whether a worker refuses to start if the container of a registered task has no value in ``containers``. Default
    /// `true`.
    ///
    /// With `false` the worker logs a warning for each such task when it starts, and parks its calls as dead letters:
    /// for a worker whose queues never carry them.
    public var requiresContainers: Bool
    /// Whether every `@Task` linked into the executable is registered when a worker starts. Default `true`.
    public var discoversTasks: Bool
    /// The schedule entries that this program declares for the beat; see also `TaskApp.schedule(_:)`.
    public var schedule: [ScheduleEntry]
    /// The middleware that takes part in sending and, if it is a `TaskMiddleware`, in running. The first one is the
    /// outermost.
    public var middleware: [any SendMiddleware]

    /// Makes settings; each parameter sets the property of the same name.
    public init(
        defaultQueue: QueueName = .default, routes: [TaskRoute] = [], queues: Set<QueueName>? = nil,
        resultExpiry: ResultExpiry = .usual, ignoreResults: Bool = false, limits: MessageLimits = MessageLimits(),
        tasks: [any RunnableTask] = [], containers: [any TaskContainer] = [], requiresContainers: Bool = true,
        discoversTasks: Bool = true, middleware: [any SendMiddleware] = [],
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
        self.containers = containers
        self.requiresContainers = requiresContainers
        self.discoversTasks = discoversTasks
        self.middleware = middleware
        self.topology = topology
        self.sendsSentEvents = sendsSentEvents
        self.schedule = schedule
        self.nilMembers = nilMembers
    }
}
