#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
public import Celeriac
public import CeleriacCore
public import CeleriacMemory
public import Logging

/// An in-memory app in virtual time, for the tests of an application.
///
/// ```swift
/// let test = try TestApp()
/// try await test.app.use {
///     try await signUp("ada@example.com")                          // calls $sendWelcomeEmail.delay(…)
/// }
/// let calls = test.enqueued("Signup.sendWelcomeEmail")
/// #expect(try calls.first?.argument("address", at: 0, as: String.self) == "ada@example.com")
/// try await test.drain()                                           // runs it
/// ```
///
/// Calls run only during ``drain(through:concurrency:)``, and delayed calls become due only when the clock is moved.
public struct TestApp: Sendable {
    public let app: TaskApp
    public let time: ManualTime
    public let store: MemoryStore
    private let recorder: EnqueueRecorder

    /// - Parameters:
    ///   - options: the options of the app. The recorder runs after the last middleware. `requiresContainers` is always
    ///     `false`: a test passes the containers of the tasks that it runs, and a call of another container's task fails.
    ///   - logger: by default a logger that discards everything.
    /// - Throws: ``CeleriacError`` with code `duplicateTask`, or `invalidConfiguration` if two of `options.containers` have
    ///   the same type.
    public init(
        options: AppOptions = AppOptions(), time: ManualTime = ManualTime(),
        logger: Logger = Logger(label: "celeriac.tests") { _ in SwiftLogNoOpLogHandler() }
    ) throws {
        store = MemoryStore(time: time)
        recorder = EnqueueRecorder()
        var options = options
        options.middleware.append(recorder)
        options.requiresContainers = false
        app = try TaskApp(Backend(store), options: options, time: time, logger: logger)
        self.time = time
    }

    /// Moves the clock and wakes tasks whose sleep ends on the way. Delayed calls become ready, but do not run yet.
    public func advance(by duration: Duration) async { await time.advance(by: duration) }

    // MARK: What was enqueued

    /// All calls that the test or its tasks enqueued, in order. Retries do not count as new calls.
    public var enqueued: [EnqueuedCall] { recorder.calls }

    /// The calls of one task.
    public func enqueued(_ task: TaskName) -> [EnqueuedCall] { enqueued.filter { $0.message.task == task } }

    /// The calls of one task, given by its definition.
    public func enqueued(_ task: some CallableTask) -> [EnqueuedCall] { enqueued(task.name) }

    /// Forgets the calls recorded so far; the calls themselves stay in their queues.
    public func forgetEnqueued() { recorder.clear() }

    // MARK: Running

    /// Runs the ready calls of all queues and the calls that they enqueue, until no call is ready.
    ///
    /// A task that sleeps on the app's clock sleeps until another task of the test moves the clock.
    ///
    /// - Parameters:
    ///   - span: how far the clock may move to reach delayed calls and retries; by default it does not move. The clock
    ///     moves no further than the last of them requires.
    ///   - concurrency: how many tasks run at once. The default of 1 runs them in the order of the queue.
    /// - Returns: the statistics of the workers, added up.
    @discardableResult
    public func drain(through span: Duration = .zero, concurrency: Int = 1) async throws -> WorkerStatistics {
        let deadline = time.uptime + span
        // The statistics of a worker that has not run: all zero.
        var statistics = Worker(app).statistics
        while true {
            while let queues = try await readyQueues() {
                let selection = QueueSelection.strict(queues)
                let worker = Worker(
                    app, options: WorkerOptions(queues: selection, concurrency: concurrency, burst: true)
                )
                try await worker.run()
                statistics.add(worker.statistics)
            }
            guard let pause = try await pauseUntilDue(), time.uptime + pause <= deadline else { return statistics }
            await advance(by: pause)
        }
    }

    private func readyQueues() async throws -> [QueueName]? {
        var ready: [QueueName] = []
        for queue in try await store.queues() where try await store.counts(of: queue).ready != 0 { ready.append(queue) }
        return ready.isEmpty ? nil : ready
    }

    /// Returns the time until the next delayed call is due; `nil` if there is no delayed call.
    private func pauseUntilDue() async throws -> Duration? {
        var earliest: Duration?
        for queue in try await store.queues() {
            let first = try await store.messages(in: queue, .delayed, after: nil, limit: 1).first
            guard let due = first?.notBefore else { continue }
            let pause = Duration.seconds(due.timeIntervalSince(time.now))
            earliest = min(earliest ?? pause, pause)
        }
        return earliest
    }
}

extension WorkerStatistics {
    fileprivate mutating func add(_ other: WorkerStatistics) {
        succeeded += other.succeeded
        failed += other.failed
        retried += other.retried
        revoked += other.revoked
        parked += other.parked
        released += other.released
        leasesLost += other.leasesLost
    }
}
