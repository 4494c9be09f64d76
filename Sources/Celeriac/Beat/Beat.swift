public import ServiceLifecycle
import Logging

/// The service that publishes periodic calls when they are due: alone, or inside of a worker by ``WorkerOptions/beat``.
///
/// ```swift
/// try app.schedule(ScheduleEntry("nightly", .crontab("30 2 * * *", in: Zone("Europe/Berlin")), $report()))
/// try await ServiceGroup(services: [Worker(app), Beat(app)], gracefulShutdownSignals: [.sigterm], logger: logger).run()
/// ```
///
/// Any number of them may run on one broker, and none leads: each tick is published once, by whichever comes first. To kill
/// beats, to pause them, or to let their clocks run apart loses no tick and publishes none twice.
public struct Beat: Service {
    private let app: TaskApp
    private let options: BeatOptions

    /// - Parameters:
    ///   - app: its broker or result backend keeps the schedule; what it declares in code is put there when the beat starts.
    ///   - options: how often it looks for changes, and the like.
    public init(_ app: TaskApp, options: BeatOptions = BeatOptions()) {
        self.app = app
        self.options = options
    }

    /// Publishes what is due until it is cancelled or its service group shuts down; then returns at once. Errors of the broker
    /// that may pass are waited out.
    ///
    /// - Throws: `CeleriacError` with code `unsupported` if neither store of the app keeps a schedule; `BrokerError` that waiting does
    ///   not mend.
    public func run() async throws {
        // A child of a worker is this program once more, for its tasks only.
        guard ThisProcess.parent == nil else { return (try? await gracefulShutdown()) ?? () }
        try app.registry.discover()
        let session = try BeatSession(app, options)
        try await cancelWhenGracefulShutdown { try await session.run() }
    }
}

/// How a beat works.
public struct BeatOptions: Sendable {
    /// The longest time between two looks for changes of the schedule: after so long at the latest, an entry that was added,
    /// changed or paused is heeded. Default 2 s; at least 10 ms.
    public var maxInterval: Duration
    /// Whether the entries in the store are made those that the app declares in code, when the beat starts. Default yes. What
    /// a program no longer declares goes.
    public var synchronizes: Bool
    /// The name under which this program declares entries. Programs that share a broker and declare entries each have their
    /// own, else they would remove each other's. Default `celeriac`.
    public var owner: String
    /// How late a tick of an entry with `missed: .skip` may be and is still published. Default one minute.
    public var grace: Duration

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
