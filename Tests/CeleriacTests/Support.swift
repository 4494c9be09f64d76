import CeleriacCore
import Celeriac
import CeleriacTesting
import Foundation
import Logging
import ServiceLifecycle
import Synchronization
import Testing

/// An app in memory on a clock of the test's, with no tasks but its own.
///
/// - Parameter lines: takes what is logged.
func makeApp(
    time: ManualTime = ManualTime(), store: MemoryStore? = nil, lines: Journal<String>? = nil,
    options: (inout AppOptions) -> Void = { _ in }
) throws -> TaskApp {
    var choices = AppOptions(discoversTasks: false)
    options(&choices)
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    if let lines { logger = Logger(label: "test") { _ in LogCollector(journal: lines) } }
    return try TaskApp(Backend(store ?? MemoryStore(time: time)), options: choices, time: time, logger: logger)
}

extension WorkerOptions {
    /// For a test whose clock races ahead: no lease lapses while a task runs, however slow the machine.
    static let unhurried = WorkerOptions(lease: .hours(12))
}

/// Runs a worker beside `body`, and stops it without grace afterwards.
func withWorker<Value: Sendable>(
    _ app: TaskApp, _ options: WorkerOptions = .unhurried, _ body: (Worker) async throws -> Value
) async throws -> Value {
    let worker = Worker(app, options: options)
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await worker.run() }
        let value: Value
        do { value = try await body(worker) } catch {
            group.cancelAll()
            try? await group.waitForAll()
            throw error
        }
        group.cancelAll()
        try await group.waitForAll()
        return value
    }
}

/// Runs everything that is ready now, and what it enqueues.
func drain(_ app: TaskApp, _ options: WorkerOptions = WorkerOptions()) async throws -> WorkerStatistics {
    var options = options
    options.burst = true
    let worker = Worker(app, options: options)
    try await worker.run()
    return worker.statistics
}

extension AsyncResult {
    /// Waits until the call comes to a state, by its updates.
    func reaches(_ state: TaskState, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        for try await update in updates where update.state == state { return }
        Issue.record("the call ended without coming to \(state)", sourceLocation: sourceLocation)
    }

    /// Waits for the call's end and gives what it failed with.
    func failure(sourceLocation: SourceLocation = #_sourceLocation) async throws -> TaskFailure {
        do {
            _ = try await get()
        } catch let failure as TaskFailure {
            return failure
        }
        Issue.record("the call succeeded", sourceLocation: sourceLocation)
        throw CancellationError()
    }
}

extension TaskApp {
    var deadLetters: [DeadLetter] {
        get async throws {
            let store = try #require(broker as? any DeadLetterStore)
            return try await store.deadLetters(in: nil, after: nil, limit: 100).items
        }
    }
}

/// Collects every line of a logger, metadata included.
struct LogCollector: LogHandler {
    let journal: Journal<String>
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        journal.write("\(event.message) \(event.metadata ?? [:]) \(metadata)")
    }
}

/// A latch that tests open and tasks wait at.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var waiters: [Int: CheckedContinuation<Void, any Error>] = [:]
        var next = 0
    }
    private let state = Guarded(State())

    func open() {
        let waiters = state.withLock { state in
            state.isOpen = true
            defer { state.waiters = [:] }
            return state.waiters.values.map { $0 }
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Waits for the opening, or throws `CancellationError`.
    func wait() async throws {
        let id = state.withLock { state in
            state.next += 1
            return state.next
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let answer = state.withLock { state -> Bool? in
                    if state.isOpen { return true }
                    if Task.isCancelled { return false }
                    state.waiters[id] = continuation
                    return nil
                }
                if answer == true { continuation.resume() }
                if answer == false { continuation.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.resume(throwing: CancellationError())
        }
    }
}

/// What tasks leave behind for their test to look at.
final class Journal<Entry: Sendable>: Sendable {
    private let state = Guarded<[Entry]>([])
    func write(_ entry: Entry) { state.withLock { $0.append(entry) } }
    var entries: [Entry] { state.withLock { $0 } }
}

struct Hiccup: Error, CustomStringConvertible {
    var description: String { "hiccup" }
}

struct Fatal: Error {}

/// Runs a worker beside `body` as a service that `body` can shut down gracefully, and waits for its end.
func withGracefulWorker(
    _ app: TaskApp, _ options: WorkerOptions, _ body: (_ shutDown: @Sendable () -> Void) async throws -> Void
) async throws {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let group = ServiceGroup(
        configuration: .init(
            services: [
                .init(service: Worker(app, options: options), successTerminationBehavior: .gracefullyShutdownGroup)
            ], logger: logger)
    )
    try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        try await body { Task { await group.triggerGracefulShutdown() } }
        try await tasks.waitForAll()
    }
}

extension ManualTime {
    /// Waits until somebody sleeps who wakes after exactly this time: of those that sleep, many wake before.
    func untilSleeper(dueIn duration: Duration) async throws {
        while !hasSleeper(dueIn: duration) {
            try Task.checkCancellation()
            await Task.yield()
        }
    }
}
