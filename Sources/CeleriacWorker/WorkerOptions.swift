public import Logging

/// The options of a worker.
public struct WorkerOptions: Sendable {
    /// The queues that are served, and their order. Default: the app's default queue.
    public var queues: QueueSelection?
    /// Where tasks run. Default: in this process, 64 at once; on the command line, as many at once in child processes,
    /// one for each core.
    public var pool: TaskPool
    /// The maximum number of tasks that run at once. For a pool of processes, it is rounded up to a multiple of the
    /// tasks that one child runs at once.
    public var concurrency: Int {
        get { pool.slots }
        set { pool.slots = newValue }
    }
    /// How the children of a pool of processes are kept.
    public var children: ChildOptions
    /// The worker's name, shown by `inspect` as `name.pid@host`. A name that contains an `@` is used unchanged, and
    /// must then be unique among the workers of a broker. Default `celeriac`.
    public var name: String
    /// How long a delivery is ours without renewal, and so how long the tasks of a dead worker are unavailable. Default
    /// 30 s; from 1 s to 12 hours. Renewed three times within that time, from a thread that no task can block.
    public var lease: Duration {
        didSet { lease = lease.bounded(to: Self.leases) }
    }
    /// How long running tasks may go on after a graceful shutdown has begun; after that they are cancelled and given
    /// back. Default 30 s.
    public var shutdownLimit: Duration
    /// How long a cancelled task may take to end before the worker leaves without it. Default 5 s.
    public var cancellationGrace: Duration
    /// Whether the worker ends as soon as its queues hold nothing that is ready and no task runs.
    public var burst: Bool
    /// The worker ends once no task has run and none has arrived for this long: RQ's `--max-idle-time`. `nil` means
    /// that it waits forever.
    public var maxIdle: Duration?
    /// The worker ends gracefully after this number of attempts. `nil` means never.
    public var maxTasks: Int?
    /// A message that was delivered this many times without an outcome is parked, since it may be what kills the
    /// workers. Default 20.
    public var deliveryLimit: Int
    /// The maximum number of retries that a message may ask for (`JobRetry`) if its task's policy grants none; 0
    /// allows none. Default `JobRetry.usualMost`. A policy that grants retries is itself the upper bound. On `rq://`
    /// see `RQOptions.mostRetries`.
    public var messageRetries: Int
    /// The maximum number of tasks at once to which remote control may grow the worker. Default: four for each core (in
    /// a pool of processes, four children for each core), or the number that the worker starts with if that is larger.
    public var maxConcurrency: Int?
    /// How often the worker writes its entry into the worker directory, where an entry is valid for three times as
    /// long. Default 5 s.
    public var heartbeat: Duration
    /// How far remote control may reach, if the broker carries it. Default: ``ControlReach/readOnly``. Celery's
    /// commands that stop, grow, limit or consume on request need ``ControlReach/full``.
    public var control: ControlReach
    /// Whether an event is sent for each step of each task, if the broker carries events: Celery's `-E`. Without it,
    /// remote control can still enable these events for a while.
    public var sendsTaskEvents: Bool
    /// How often a worker that can send events announces that it is alive. Default 2 s, as in Celery.
    public var eventHeartbeat: Duration
    /// Whether the worker asks other workers at its start which calls have been revoked. Default yes.
    public var mingles: Bool
    /// Whether the worker's logical clock follows those of other workers, as in Celery's gossip. It reads them from
    /// their heartbeat events, on the connection of remote control. Default yes; without remote control it receives
    /// nothing.
    public var gossips: Bool
    /// Lets the worker choose how many tasks run at once, by how many wait; with a pool of processes, how many
    /// children. At least 1. `nil` keeps the number constant.
    public var autoscale: ClosedRange<Int>? {
        didSet { autoscale = autoscale?.clamped(to: Bounds.slots) }
    }
    /// The most calls that may wait, leased, in front of the slots while tasks are short. Default 1,000; 0 claims a call
    /// only for a free slot. Calls that wait are not started: they are given back, uncounted, once one has waited for
    /// 50 ms or the worker is asked to end. Brokers that send calls ahead of the slots themselves, as RabbitMQ does,
    /// need none.
    public var window: Int {
        didSet { window = window.bounded(to: Self.windows) }
    }
    /// Whether the worker also publishes the due ticks of the beat's schedule, and how; any number of workers may.
    /// Default `nil`: it does not. Needs a broker that keeps the schedule.
    public var beat: BeatOptions?
    /// The level at which the worker logs that a call has succeeded or was revoked: one line with the task, the id and
    /// the time that it ran. Default debug; the `worker` command uses info. Retries are logged as warnings, failures as
    /// errors.
    public var successLogLevel: Logger.Level
    /// Called for every event of the worker, in order, before the worker goes on.
    public var hooks: [@Sendable (WorkerEvent) async -> Void]

    /// Sets the options; each parameter sets the property of its name. `concurrency` sets the size of the default pool;
    /// it is ignored if you pass `pool`.
    public init(
        queues: QueueSelection? = nil, concurrency: Int = 64, pool: TaskPool? = nil,
        children: ChildOptions = ChildOptions(), name: String = "celeriac", lease: Duration = .seconds(30),
        shutdownLimit: Duration = .seconds(30), cancellationGrace: Duration = .seconds(5), burst: Bool = false,
        maxTasks: Int? = nil, deliveryLimit: Int = 20, heartbeat: Duration = .seconds(5),
        control: ControlReach = .readOnly, sendsTaskEvents: Bool = false, eventHeartbeat: Duration = .seconds(2),
        mingles: Bool = true, gossips: Bool = true, autoscale: ClosedRange<Int>? = nil, window: Int = 1_000,
        maxIdle: Duration? = nil, beat: BeatOptions? = nil, messageRetries: Int = JobRetry.usualMost,
        maxConcurrency: Int? = nil,
        successLogLevel: Logger.Level = .debug, hooks: [@Sendable (WorkerEvent) async -> Void] = []
    ) {
        self.queues = queues
        self.pool = pool ?? TaskPool(kind: .usual(concurrency.bounded(to: Bounds.slots)))
        self.children = children
        self.name = name
        self.lease = lease.bounded(to: Self.leases)
        self.shutdownLimit = max(.zero, shutdownLimit)
        self.cancellationGrace = max(.zero, cancellationGrace)
        self.burst = burst
        self.maxTasks = maxTasks
        self.deliveryLimit = max(1, deliveryLimit)
        self.heartbeat = max(.milliseconds(100), heartbeat)
        self.control = control
        self.sendsTaskEvents = sendsTaskEvents
        self.eventHeartbeat = max(.milliseconds(100), eventHeartbeat)
        self.mingles = mingles
        self.gossips = gossips
        // Celery's minimum may be 0; a pool without a child would run nothing.
        self.autoscale = autoscale.map { $0.clamped(to: Bounds.slots) }
        self.window = window.bounded(to: Self.windows)
        self.maxIdle = maxIdle
        self.beat = beat
        self.messageRetries = max(0, messageRetries)
        self.maxConcurrency = maxConcurrency
        self.successLogLevel = successLogLevel
        self.hooks = hooks
    }

    private static let windows = 0...100_000
    /// At most 12 hours: a broker may take a lease that ends more than a day ahead for a fast clock's, and shorten it.
    private static let leases = Duration.seconds(1)...Duration.hours(12)

    /// The maximum number of slots to which remote control may grow the worker.
    ///
    /// - Parameter step: how many slots a child has; 1 in process.
    func growthLimit(step: Int) -> Int {
        if let maxConcurrency { return max(1, maxConcurrency) }
        return max(4 * ThisProcess.cores * step, concurrency, (autoscale?.upperBound ?? 0) * step)
    }

    /// The name by which other processes know this worker.
    var node: String { name.contains("@") ? name : "\(name).\(ThisProcess.pid)@\(ThisProcess.host)" }
}

/// How far the remote control of a worker reaches. Anyone who can write to the broker can use it.
public enum ControlReach: Sendable, Hashable {
    /// All commands of Celery, and RQ's `shutdown` and `kill-horse`.
    case full
    /// The worker answers questions (`inspect`, `ping`), sends events on request, and revokes and terminates calls. It
    /// refuses commands that stop it, resize its pool, change its limits or its queues; each refusal is answered with
    /// an error and logged. The default.
    case readOnly
    /// The worker does not listen.
    case off
}

/// The queues that a worker serves, and their order.
public struct QueueSelection: Sendable, Hashable, ExpressibleByArrayLiteral {
    enum Order: Sendable, Hashable {
        case strict([QueueName])
        case weighted([QueueName: Int])
        case roundRobin([QueueName])
        case random([QueueName])
    }

    let order: Order

    /// A queue is served only while those before it have nothing ready.
    public static func strict(_ queues: [QueueName]) -> QueueSelection { QueueSelection(order: .strict(queues)) }

    /// Each claim tries the queues in a newly drawn order, in which a queue of weight 3 comes first three times as
    /// often as a queue of weight 1; no queue starves. Weights are from 1 to 100,000.
    public static func weighted(_ weights: [QueueName: Int]) -> QueueSelection {
        QueueSelection(order: .weighted(weights.mapValues { $0.bounded(to: Bounds.slots) }))
    }

    /// After each task, the queue that it came from is served last: RQ's `round_robin`. This requires that tasks are
    /// claimed one by one, which costs one round trip to the broker for each.
    public static func roundRobin(_ queues: [QueueName]) -> QueueSelection {
        QueueSelection(order: .roundRobin(queues))
    }

    /// Each claim tries the queues in a newly drawn order, all with the same probability: RQ's `random`.
    public static func random(_ queues: [QueueName]) -> QueueSelection { QueueSelection(order: .random(queues)) }

    /// The same as ``strict(_:)``.
    public init(arrayLiteral elements: QueueName...) { order = .strict(elements) }

    private init(order: Order) { self.order = order }

    /// The selected queues; those of a weighted selection are sorted by name.
    public var queues: [QueueName] {
        switch order {
        case .strict(let queues), .roundRobin(let queues), .random(let queues): queues
        case .weighted(let weights): weights.keys.sorted { $0.rawValue < $1.rawValue }
        }
    }

    /// The same selection with another queue after the others, of weight 1.
    func adding(_ queue: QueueName) -> QueueSelection {
        guard !queues.contains(queue) else { return self }
        return switch order {
        case .strict(let queues): .strict(queues + [queue])
        case .weighted(let weights): .weighted(weights.merging([queue: 1]) { $1 })
        case .roundRobin(let queues): .roundRobin(queues + [queue])
        case .random(let queues): .random(queues + [queue])
        }
    }

    func removing(_ queue: QueueName) -> QueueSelection {
        switch order {
        case .strict(let queues): .strict(queues.filter { $0 != queue })
        case .weighted(let weights): .weighted(weights.filter { $0.key != queue })
        case .roundRobin(let queues): .roundRobin(queues.filter { $0 != queue })
        case .random(let queues): .random(queues.filter { $0 != queue })
        }
    }

    /// The maximum number of tasks that one claim may take, so that the order holds for each of them.
    var mostPerClaim: Int {
        if case .roundRobin = order { 1 } else { .max }
    }

    /// The order of the queues for one claim.
    ///
    /// - Parameter last: the queue that the last task came from; `nil` if there was none.
    func drawn(after last: QueueName?, using generator: inout some RandomNumberGenerator) -> [QueueName] {
        switch order {
        case .strict(let queues): return queues
        case .random(let queues): return queues.shuffled(using: &generator)
        case .roundRobin(let queues):
            guard let turn = last.flatMap(queues.firstIndex(of:)) else { return queues }
            return Array(queues[(turn + 1)...] + queues[...turn])
        case .weighted(let weights): return Self.drawn(by: weights, queues, &generator)
        }
    }

    private static func drawn(
        by weights: [QueueName: Int], _ queues: [QueueName], _ generator: inout some RandomNumberGenerator
    ) -> [QueueName] {
        var rest = queues
        var drawn: [QueueName] = []
        while !rest.isEmpty {
            var ticket = Int.random(in: 0..<rest.reduce(0) { $0 + weights[$1, default: 1] }, using: &generator)
            let index = rest.firstIndex { queue in
                ticket -= weights[queue, default: 1]
                return ticket < 0
            }
            drawn.append(rest.remove(at: index ?? 0))
        }
        return drawn
    }
}

/// An event in a worker, for its hooks.
public enum WorkerEvent: Sendable {
    /// The worker has found its tasks, opened its consumer, and listens to remote control if it can.
    case started(worker: String, tasks: [TaskName])
    case taskStarted(TaskContext)
    /// An attempt has ended. `state` is the state of the call: SUCCESS, RETRY, FAILURE, REVOKED, or PENDING if it was
    /// given back.
    case taskEnded(TaskContext, state: TaskState, failure: TaskFailure?)
    /// A child process died with tasks in it, or before it was ready.
    case childLost(ChildLoss)
    /// A message was parked without having been started.
    case parked(id: TaskID, task: TaskName, queue: QueueName, reason: String)
    /// The worker claims nothing more; `running` tasks may go on for ``WorkerOptions/shutdownLimit``.
    case stopping(running: Int)
    case stopped
}
