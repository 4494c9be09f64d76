/// What an app works with: a broker, a result backend, and every port that one of the two provides.
///
/// The initialiser asks both stores once which ports they have, the broker first. From then on a port is a property:
/// `nil` if neither store has it. A decorator may set a port by hand; setting ``broker`` or ``results`` changes no
/// other property.
///
/// ```swift
/// let one = Backend(store)                                     // broker, results and all else
/// let two = Backend(broker: rabbitMQ, results: sqlite)         // schedule, revocations, directory, … from SQLite
/// ```
public struct Backend: Sendable {
    public var broker: any Broker
    /// `nil` if results are not kept.
    public var results: (any ResultBackend)?
    /// The URL that the broker was opened with, without its password; workers show it on request.
    public var url: BackendURL?
    /// The URL that the result backend was opened with.
    public var resultsURL: BackendURL?

    // MARK: Broker and results are one store

    /// Ends an attempt in one transaction. `nil` if broker and results are two stores: the worker then records the
    /// result first and settles the delivery after it.
    public var completion: (any CompletionStore)?
    /// Ends an attempt in the transaction in which its task has written.
    public var effects: (any EffectStore)?
    /// Publishes the ticks of the schedule that it keeps. Only the broker can do this: another store has no queues to
    /// publish into.
    public var scheduleBroker: (any ScheduleBroker)?

    // MARK: From the result backend

    /// Counts the parts of chords. Launching a chord may record calls as failed, so only the store of the results can
    /// do it.
    public var chords: (any ChordStore)?
    /// The result backend, if it derives the states of calls from its own messages. With another broker it has no such
    /// messages, so PENDING and STARTED must be recorded.
    public var deriving: (any StateDerivingStore)?
    /// Writes results in the formats that the app chooses.
    public var serializing: (any ResultSerializing)?
    /// Sends results to the queue of their caller; the app's calls then name a queue for them.
    public var replies: (any ReplyBackend)?
    /// The background work of a result backend that is not the broker.
    public var resultsUpkeep: (any Broker)?

    // MARK: From either store

    /// Keeps the beat's schedule. If it is not the ``scheduleBroker``, beats claim a tick, publish it and mark it.
    public var schedule: (any ScheduleStore)?
    /// Remembers revoked calls. If the broker keeps them, it checks them in the claim; otherwise the worker checks
    /// after the claim.
    public var revocations: (any RevocationStore)?
    /// Whether the broker hands out a revoked call with ``Delivery/isRevoked`` set.
    package var brokerSeesRevocations: Bool
    /// Knows the live workers. A heartbeat names no message, so any store that all processes can reach will do.
    public var directory: (any WorkerDirectory)?
    /// Spaces starts over all workers. It counts by call id, so any store that all processes can reach will do.
    public var limiter: (any StartLimiter)?
    /// Keeps dead letters. A broker parks them in the settlement itself; for a broker that cannot, see ``archive``.
    public var deadLetters: (any DeadLetterStore)?
    /// Keeps the dead letters of a broker that keeps none: the worker buries the message here and acknowledges it.
    /// `nil` if the broker keeps them, or if the result backend cannot.
    public var archive: (any LetterArchive)?
    /// Find calls by the beginning of their ids: the broker and, if it is another store, the result backend.
    public var finders: [any CallFinder]
    /// The stores that wait for servers.
    public var patient: [any PatientStore]
    /// The stores whose tables are made on request.
    public var migrated: [any MigratedStore]
    /// Carries remote control. Commands name workers, not messages.
    public var control: (any ControlChannel)?
    /// Carries monitoring events.
    public var events: (any EventChannel)?
    /// Keeps who did what. An entry names its target in words, so any store that all processes can reach will do.
    public var audit: (any AuditLog)?

    // MARK: From the broker alone

    /// Routes by exchange. Only the broker can do this, because routing is part of publishing.
    public var exchanges: (any ExchangeBroker)?
    /// Lists the bindings of the broker's exchanges.
    public var bindings: (any BindingDirectory)?
    /// Keeps jobs, which are the broker's messages.
    public var jobs: (any JobBroker)?
    /// Lists jobs by state; jobs are the broker's messages.
    public var registries: (any RegistryDirectory)?
    /// Counts the messages of the broker's queues.
    public var counters: (any QueueCounter)?
    /// Pauses the broker's queues. Only the broker can do it, because a pause is checked in the claim.
    public var gate: (any QueueGate)?
    /// Shows the broker's queues and messages. A result backend would show its own queues, which no worker serves.
    public var inspector: (any Inspector)?
    /// Finds calls among the broker's messages.
    public var search: (any CallSearch)?
    /// Reserves the names of the broker's own keys, so that no queue can have them.
    public var reserving: (any QueueReserving)?
    /// The thread that claims and settlements use.
    public var lane: (any LaneProvider)?
    /// Carries RQ's orders to single workers, by the names in the worker directory that the broker keeps next to its
    /// queues.
    public var orders: (any WorkerOrderChannel)?

    /// Asks both stores for their ports. No other code does.
    ///
    /// - Parameters:
    ///   - broker: asked first.
    ///   - results: asked for the ports that the broker lacks; `nil` if results are not kept.
    public init(broker: any Broker, results: (any ResultBackend)? = nil) {
        self.broker = broker
        self.results = results
        let isOne = results.map { ($0 as AnyObject) === (broker as AnyObject) } ?? false
        completion = isOne ? broker as? any CompletionStore : nil
        effects = isOne ? broker as? any EffectStore : nil
        scheduleBroker = broker as? any ScheduleBroker

        chords = results as? any ChordStore
        deriving = results as? any StateDerivingStore
        serializing = results as? any ResultSerializing
        replies = results as? any ReplyBackend
        resultsUpkeep = completion == nil ? results as? any Broker : nil

        schedule = broker as? any ScheduleStore ?? results as? any ScheduleStore
        brokerSeesRevocations = broker is any RevocationStore
        revocations = broker as? any RevocationStore ?? results as? any RevocationStore
        directory = broker as? any WorkerDirectory ?? results as? any WorkerDirectory
        limiter = broker as? any StartLimiter ?? results as? any StartLimiter
        let parking = broker as? any DeadLetterStore
        archive = parking == nil ? results as? any LetterArchive : nil
        deadLetters = parking ?? archive.map { ArchivedLetters(archive: $0, broker: broker) }
        finders = [broker as? any CallFinder, isOne ? nil : results as? any CallFinder].compactMap(\.self)
        patient = [broker as? any PatientStore, isOne ? nil : results as? any PatientStore].compactMap(\.self)
        migrated = [broker as? any MigratedStore, isOne ? nil : results as? any MigratedStore].compactMap(\.self)
        control = broker as? any ControlChannel ?? results as? any ControlChannel
        events = broker as? any EventChannel ?? results as? any EventChannel
        audit = broker as? any AuditLog ?? results as? any AuditLog

        exchanges = broker as? any ExchangeBroker
        bindings = broker as? any BindingDirectory
        jobs = broker as? any JobBroker
        registries = broker as? any RegistryDirectory
        counters = broker as? any QueueCounter
        gate = broker as? any QueueGate
        inspector = broker as? any Inspector
        search = broker as? any CallSearch
        reserving = broker as? any QueueReserving
        lane = broker as? any LaneProvider
        orders = broker as? any WorkerOrderChannel
    }

    /// Uses one store as broker and result backend.
    public init(_ store: some CompletionStore) {
        self.init(broker: store, results: store)
        // A store that is a value type has no identity, so it could not be recognised as the same store.
        (completion, resultsUpkeep) = (store, nil)
    }

    /// Whether the store knows which calls wait and which run, so that these states are not recorded.
    package var derivesStates: Bool { completion != nil && deriving != nil }

    /// The non-terminal states that must be recorded.
    package var interimStates: Set<TaskState> {
        guard let results, !derivesStates else { return [] }
        return deriving == nil ? results.interimStates : [.pending, .started]
    }
}

/// How to open backends of one kind by URL, for example `sqlite:///var/lib/app/tasks.sqlite`.
///
/// The module of each backend adds a static member: `.memory`, `.sqlite`.
public struct BackendScheme: Sendable {
    /// The URL schemes that it handles, in lower case.
    public let names: [String]
    /// Throws ``BrokerError`` or ``CeleriacError``; their texts contain no password.
    public let open: @Sendable (BackendURL, any TimeSource) throws -> Backend
    /// Opens result backends that work through the broker of their app: by the schemes of their URLs, in lower case.
    public let beside: [String: OpenBeside]

    /// Opens a result backend by its URL, beside the app's broker.
    ///
    /// Throws ``CeleriacError`` with code `invalidURL`, which says what to use instead, if it cannot work through this
    /// broker.
    public typealias OpenBeside =
        @Sendable (_ url: BackendURL, _ broker: Backend, _ time: any TimeSource) throws -> any ResultBackend

    public init(
        _ names: [String], beside: [String: OpenBeside] = [:],
        open: @escaping @Sendable (BackendURL, any TimeSource) throws -> Backend
    ) {
        self.names = names
        self.beside = beside
        self.open = open
    }
}
