/// How a worker works.
public struct WorkerOptions: Sendable {
    /// Which queues are served, and in which order. Default: the app's default queue.
    public var queues: QueueSelection?
    /// Where tasks run. Default: in this process, 16 at once; on the command line so many in child processes, one a core.
    public var pool: TaskPool
    /// Most tasks that run at once. Of a pool of processes, a number that is no multiple of what a child takes is raised
    /// to one.
    public var concurrency: Int {
        get { pool.slots }
        set { pool.slots = newValue }
    }
    /// How children are kept, where the pool has some.
    public var children: ChildOptions
    /// Shown by `inspect` as `name.pid@host`; a name with an `@` in it is taken as it is, and must then be unique among the
    /// workers of a broker. Default `celeriac`.
    public var name: String
    /// How long a delivery is ours without renewal, and so how long a dead worker's tasks are away. Default 30 s; from 1 s
    /// to 12 hours. Renewed three times within it, from a thread that no task can block.
    public var lease: Duration {
        didSet { lease = lease.bounded(to: Self.leases) }
    }
    /// How long running tasks may go on after a graceful shutdown began; then they are cancelled and given back. Default
    /// 30 s.
    public var shutdownLimit: Duration
    /// How long a cancelled task may take to end before the worker leaves without it. Default 5 s.
    public var cancellationGrace: Duration
    /// Whether the worker ends as soon as its queues hold nothing that is ready and nothing runs.
    public var burst: Bool
    /// The worker ends once nothing has run and nothing has come for so long: RQ's `--max-idle-time`. `nil` = it waits for
    /// ever.
    public var maxIdle: Duration?
    /// After so many attempts the worker ends, gracefully. `nil` = never.
    public var maxTasks: Int?
    /// A message handed out so often without an outcome is parked: it may well be what kills the workers. Default 20.
    public var deliveryLimit: Int
    /// The most retries that a message may ask for (``JobRetry``) where its task's policy has none; 0 = none at all. Default
    /// ``JobRetry/usualMost``. A policy that has retries is the upper bound itself. On `rq://` see `RQOptions.mostRetries`.
    public var messageRetries: Int
    /// The most tasks at once that remote control may have the worker grow to. Default: four a core, of a pool of
    /// processes four children a core, or what the worker starts with where that is more.
    public var maxConcurrency: Int?
    /// How often the worker writes its line into the worker directory; it stands for three times as long. Default 5 s.
    public var heartbeat: Duration
    /// How far remote control may reach, where the broker carries it. Default: ``ControlReach/readOnly``. Celery's
    /// commands that stop, grow, limit or consume on request need ``ControlReach/full``.
    public var control: ControlReach
    /// Whether an event is sent for each step of each task, where the broker carries events: Celery's `-E`. Otherwise remote
    /// control can have them sent for a while.
    public var sendsTaskEvents: Bool
    /// How often a worker that can send events tells that it lives. Default 2 s, as in Celery.
    public var eventHeartbeat: Duration
    /// Whether it asks other workers at its start for what has been revoked. Default yes.
    public var mingles: Bool
    /// Whether its logical clock follows those of other workers, as in Celery's gossip: by the events in which they tell that
    /// they live, heard on the connection of remote control. Default yes; without remote control it hears nothing.
    public var gossips: Bool
    /// Lets the worker choose how many tasks run at once, by how many wait; with a pool of processes, how many children.
    /// At least 1. `nil` = always the same.
    public var autoscale: ClosedRange<Int>? {
        didSet { autoscale = autoscale?.clamped(to: Bounds.slots) }
    }
    /// Whether the worker publishes what is due by the beat's schedule too, and how; any number of workers may. Default:
    /// `nil`, it does not. Needs a broker that keeps the schedule.
    public var beat: BeatOptions?
    /// Told of everything that happens, in order, before the worker goes on.
    public var hooks: [@Sendable (WorkerEvent) async -> Void]

    /// Of a `pool` that is given, `concurrency` is not heeded; without one it is how many tasks run at once, where they
    /// usually do. All else is as the properties of the same names say.
    public init(
        queues: QueueSelection? = nil, concurrency: Int = 16, pool: TaskPool? = nil,
        children: ChildOptions = ChildOptions(), name: String = "celeriac", lease: Duration = .seconds(30),
        shutdownLimit: Duration = .seconds(30), cancellationGrace: Duration = .seconds(5), burst: Bool = false,
        maxTasks: Int? = nil, deliveryLimit: Int = 20, heartbeat: Duration = .seconds(5),
        control: ControlReach = .readOnly, sendsTaskEvents: Bool = false, eventHeartbeat: Duration = .seconds(2),
        mingles: Bool = true, gossips: Bool = true, autoscale: ClosedRange<Int>? = nil, maxIdle: Duration? = nil,
        beat: BeatOptions? = nil, messageRetries: Int = JobRetry.usualMost, maxConcurrency: Int? = nil,
        hooks: [@Sendable (WorkerEvent) async -> Void] = []
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
        self.maxIdle = maxIdle
        self.beat = beat
        self.messageRetries = max(0, messageRetries)
        self.maxConcurrency = maxConcurrency
        self.hooks = hooks
    }

    /// One that ends more than a day ahead is taken for that of a clock that ran ahead, and cut.
    private static let leases = Duration.seconds(1)...Duration.hours(12)

    /// The most slots that remote control may have the worker grow to.
    ///
    /// - Parameter step: how many slots a child has; 1 in process.
    func growthLimit(step: Int) -> Int {
        if let maxConcurrency { return max(1, maxConcurrency) }
        return max(4 * ThisProcess.cores * step, concurrency, (autoscale?.upperBound ?? 0) * step)
    }

    /// The name under which a worker of this process is known.
    var node: String { name.contains("@") ? name : "\(name).\(ThisProcess.pid)@\(ThisProcess.host)" }
}

/// How far the remote control of a worker reaches. Anyone who can write to the broker can use it.
public enum ControlReach: Sendable, Hashable {
    /// Every command of Celery's, and RQ's `shutdown` and `kill-horse`.
    case full
    /// The worker answers questions (`inspect`, `ping`), sends events on request, and revokes and terminates calls. It
    /// refuses commands that stop it, resize its pool, change its limits or its queues; each refusal is answered with an
    /// error and logged. The default.
    case readOnly
    /// The worker does not listen.
    case off
}

/// Which queues a worker serves, and which of them first.
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

    /// Each claim tries the queues in an order drawn anew, where a queue of weight 3 comes first three times as often as
    /// one of weight 1; none starves. Weights are from 1 to 100,000.
    public static func weighted(_ weights: [QueueName: Int]) -> QueueSelection {
        QueueSelection(order: .weighted(weights.mapValues { $0.bounded(to: Bounds.slots) }))
    }

    /// After each task the queue that it came from is the last to be served: RQ's `round_robin`. Tasks are claimed one by one
    /// for that, which costs a round trip to the broker each.
    public static func roundRobin(_ queues: [QueueName]) -> QueueSelection {
        QueueSelection(order: .roundRobin(queues))
    }

    /// Each claim tries the queues in an order drawn anew, all with the same chance: RQ's `random`.
    public static func random(_ queues: [QueueName]) -> QueueSelection { QueueSelection(order: .random(queues)) }

    public init(arrayLiteral elements: QueueName...) { order = .strict(elements) }

    private init(order: Order) { self.order = order }

    public var queues: [QueueName] {
        switch order {
        case .strict(let queues), .roundRobin(let queues), .random(let queues): queues
        case .weighted(let weights): weights.keys.sorted { $0.rawValue < $1.rawValue }
        }
    }

    /// The same with another queue behind the others, of weight 1.
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

    /// How many tasks one claim may take, so that the order holds for each of them.
    var mostPerClaim: Int {
        if case .roundRobin = order { 1 } else { .max }
    }

    /// The order of one claim.
    ///
    /// - Parameter last: the queue that the last task came from; `nil` = there was none.
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

/// What happens in a worker, for its hooks.
public enum WorkerEvent: Sendable {
    /// It has found its tasks, opened its consumer, and listens to remote control, if it can.
    case started(worker: String, tasks: [TaskName])
    case taskStarted(TaskContext)
    /// An attempt has ended. `state` is what the call came to: SUCCESS, RETRY, FAILURE, REVOKED, or PENDING where it was
    /// given back.
    case taskEnded(TaskContext, state: TaskState, failure: TaskFailure?)
    /// A child process died with tasks in it, or before it was of use.
    case childLost(ChildLoss)
    /// A message was parked without having been started.
    case parked(id: TaskID, task: TaskName, queue: QueueName, reason: String)
    /// It claims nothing more; `running` tasks may go on for ``WorkerOptions/shutdownLimit``.
    case stopping(running: Int)
    case stopped
}
