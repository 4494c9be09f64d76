public import ServiceLifecycle
import Logging

/// The service that publishes periodic calls when they are due. It runs alone, or inside a worker with
/// ``WorkerOptions/beat``.
///
/// ```swift
/// try app.schedule(ScheduleEntry("nightly", .crontab("30 2 * * *", in: Zone("Europe/Berlin")), $report()))
/// try await ServiceGroup(services: [Worker(app), Beat(app)], gracefulShutdownSignals: [.sigterm], logger: logger).run()
/// ```
///
/// Any number of beats may run on one broker, without a leader: the first beat that reaches a tick publishes it, once.
/// If beats are killed or paused, or their clocks differ, no tick is lost and none is published twice.
public struct Beat: Service {
    private let app: TaskApp
    private let options: BeatOptions

    /// - Parameters:
    ///   - app: the app whose broker or result backend keeps the schedule. The entries that it declares in code are
    ///     stored there when the beat starts.
    ///   - options: how often the beat looks for changes, and other settings.
    public init(_ app: TaskApp, options: BeatOptions = BeatOptions()) {
        self.app = app
        self.options = options
    }

    /// Publishes the calls that are due until it is cancelled or its service group shuts down; then returns at once.
    /// After a transient broker error it waits and tries again.
    ///
    /// - Throws: `CeleriacError` with code `unsupported` if neither store of the app keeps a schedule; `BrokerError`
    ///   that is not transient.
    public func run() async throws {
        // A child process of a worker runs this program again, for tasks only.
        guard ThisProcess.parent == nil else { return (try? await gracefulShutdown()) ?? () }
        try app.catalogue.discover()
        let session = try BeatSession(app, options)
        try await cancelWhenGracefulShutdown { try await session.run() }
    }
}

/// The settings of a beat.
public struct BeatOptions: Sendable {
    /// The longest time between two checks for changes of the schedule. An added, changed or paused entry takes effect
    /// after this time at the latest. Default 2 s; at least 10 ms.
    public var maxInterval: Duration
    /// Whether the beat, when it starts, replaces this owner's entries in the store with those that the app declares in
    /// code. Default `true`. Entries that the program no longer declares are removed.
    public var synchronizes: Bool
    /// The name under which this program declares entries. Programs that share a broker and declare entries need
    /// different names; otherwise they would remove each other's entries. Default `celeriac`.
    public var owner: String
    /// How late a tick of an entry with `missed: .skip` may be and still be published. Default one minute.
    public var grace: Duration

    /// Makes settings. Durations below their minimum are raised to it.
    public init(
        maxInterval: Duration = .seconds(2), synchronizes: Bool = true, owner: String = "celeriac",
        grace: Duration = .seconds(60)
    ) {
        self.maxInterval = max(.milliseconds(10), maxInterval)
        self.synchronizes = synchronizes
        self.owner = owner
        self.grace = max(.zero, grace)
    }
}
