#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
public import Logging
import Synchronization

/// What a running task knows about its call, and how it reports while it runs.
///
/// A task receives it as its first parameter. Code below the task finds it in ``current``.
///
/// ```swift
/// @Task func report(_ context: TaskContext, rows: Int) async throws -> Int {
///     for row in 0..<rows {
///         try await context.progress(Double(row) / Double(rows), "row \(row)")
///         …
///     }
/// }
/// ```
public final class TaskContext: Sender {
    /// The context of the task that is running here; `nil` outside of a task.
    public static var current: TaskContext? { CurrentSender.value as? TaskContext }

    /// The app of the worker.
    public let app: TaskApp
    let envelope: Envelope
    /// The queue that the call came from.
    public let queue: QueueName
    /// The node name of the worker that runs it.
    public let worker: String
    /// More than 1 after workers died while running the call.
    public let deliveryCount: Int
    /// When this attempt started.
    public let startedAt: Date
    /// Receives the states that the task sets, if another process records them; `nil` if this process does.
    private let recorder: (@Sendable (TaskState, [UInt8]) async throws -> Void)?
    /// Whether the task runs in a child process.
    var isInChild: Bool { recorder != nil }
    /// The transaction that ends with this attempt; `nil` until the task asks for it.
    let effect = Guarded<OpenEffect?>(nil)
    /// The calls that the task adds to its chord.
    let additions = Guarded<[[UInt8]]>([])
    /// The calls that the task has sent so far.
    private let sent = Guarded<[ResultNode]>([])
    /// The maximum number of calls that a result lists.
    private static let mostChildren = 10_000

    init(
        app: TaskApp, envelope: Envelope, queue: QueueName, worker: String, deliveryCount: Int, startedAt: Date,
        recorder: (@Sendable (TaskState, [UInt8]) async throws -> Void)? = nil
    ) {
        self.app = app
        self.envelope = envelope
        self.queue = queue
        self.worker = worker
        self.deliveryCount = deliveryCount
        self.startedAt = startedAt
        self.recorder = recorder
    }

    /// The id of the call.
    public var id: TaskID { envelope.id }
    /// The name of the task.
    public var task: TaskName { envelope.task }
    /// All headers of the message, the caller's own in `extra`.
    public var headers: MessageHeaders { envelope.headers }
    /// The call's stamps by name: those that it was sent with, and those of the call that it follows. See
    /// ``CallStamps``.
    ///
    /// A value is a JSON value, or an array if the call was stamped more than once under that name.
    public var stamps: JSONObject {
        guard let names = headers.extra["stamped_headers"]?.arrayValue, let stamps = headers.extra["stamps"] else {
            return [:]
        }
        return names.reduce(into: [:]) { found, name in
            guard let name = name.stringValue, let value = stamps[name], !value.isNull else { return }
            found[name] = value
        }
    }
    /// 1 for the first start.
    public var attempt: Int { envelope.attempt }
    /// Whether the worker asked the task to stop: soft time limit, revocation, lost lease or shutdown.
    public var isCancelled: Bool { Task.isCancelled }

    /// The app's logger with `task_id`, `task`, `queue` and `attempt`.
    public var logger: Logger {
        var logger = app.logger
        logger[metadataKey: "task_id"] = "\(id)"
        logger[metadataKey: "task"] = "\(task)"
        logger[metadataKey: "queue"] = "\(queue)"
        logger[metadataKey: "attempt"] = "\(attempt)"
        return logger
    }

    // MARK: Speaking while it runs

    /// Sets a custom state of the task, which `AsyncResult.updates` and `state` show.
    ///
    /// - Parameters:
    ///   - state: any state that is not terminal; by convention in capitals.
    ///   - meta: data to store with the state.
    /// - Throws: `CeleriacError` with code `noResultBackend` or `invalidArguments`; `BrokerError`.
    public func update(state: TaskState = .progress, meta: some Encodable) async throws {
        guard !state.isTerminal else {
            throw CeleriacError(
                .invalidArguments, "an update cannot set the state \(state): it is set when the task ends")
        }
        let meta = try JSONCoding.encode(meta)
        if let recorder { return try await recorder(state, meta) }
        try await record(state, meta)
    }

    func record(_ state: TaskState, _ meta: [UInt8]) async throws {
        var change = change(to: state)
        change.meta = meta
        try await app.requireResults().record([change])
    }

    /// Reports the task's progress: state PROGRESS with `{"fraction": 0.4, "note": "page 3"}`.
    ///
    /// - Parameters:
    ///   - fraction: 0 to 1.
    ///   - note: a short text for people.
    public func progress(_ fraction: Double, _ note: String? = nil) async throws {
        try await update(meta: TaskProgress(fraction: fraction, note: note))
    }

    /// Records calls that another process, or the task's callbacks, have sent for this task.
    func add(_ children: [TaskID]) { note(children: children.map { ResultNode($0) }) }

    package func note(children: [ResultNode]) {
        sent.withLock { sent in sent += children.prefix(Self.mostChildren - sent.count) }
    }

    /// The calls that the task has sent so far.
    var children: [TaskID] { sent.withLock { $0.map(\.id) } }

    func change(to state: TaskState) -> StateChange {
        change(to: state, at: app.time.now)
    }

    func change(to state: TaskState, at now: Date) -> StateChange {
        var change = StateChange(
            id: id, state: state, attempt: attempt, at: now, expires: app.resultLifetime.map(now.addingTimeInterval)
        )
        change.record.task = task
        change.record.queue = queue
        change.record.worker = worker
        change.record.startedAt = startedAt
        change.record.parentID = envelope.parentID
        change.record.children = sent.withLock { $0 }
        change.call = envelope
        return change
    }

    // MARK: Ending it otherwise than by return or error; each is to be thrown

    /// Runs the task again, as another attempt: `throw context.retry(in: .seconds(30))`.
    ///
    /// Works as often as the task's retry policy allows; three times if the policy does not retry errors.
    ///
    /// - Parameters:
    ///   - pause: the time until the next attempt; `nil` takes it from the task's retry policy.
    ///   - error: the reason; the call fails with it once its retries are used up.
    public func retry(in pause: Duration? = nil, because error: (any Error)? = nil) -> TaskDirective {
        TaskDirective(.retry(pause, error))
    }

    /// Runs the task again later without counting an attempt: `throw context.snooze(for: .minutes(1))`.
    public func snooze(for pause: Duration) -> TaskDirective { TaskDirective(.snooze(pause)) }

    /// Parks the call as a dead letter, even if retries are left: `throw context.reject("no such user")`.
    public func reject(_ reason: String) -> TaskDirective { TaskDirective(.reject(reason)) }

    /// Fails the call, even if retries are left, and keeps only the failure.
    public func discard(_ reason: String) -> TaskDirective { TaskDirective(.discard(reason)) }
}

/// The progress of a task, as ``TaskContext/progress(_:_:)`` sets it.
public struct TaskProgress: Sendable, Hashable, Codable {
    /// 0 to 1.
    public var fraction: Double
    /// A short text for people.
    public var note: String?

    /// Makes a progress to report with ``TaskContext/update(state:meta:)``.
    public init(fraction: Double, note: String? = nil) {
        self.fraction = fraction
        self.note = note
    }
}

/// An error that a task throws to end with neither success nor failure. ``TaskContext`` makes it.
public struct TaskDirective: Error, Sendable {
    enum Kind: Sendable {
        case retry(Duration?, (any Error)?)
        case snooze(Duration)
        case reject(String)
        case discard(String)
        case replace([UInt8])
        case missingContainer(String)
    }

    let kind: Kind

    init(_ kind: Kind) { self.kind = kind }
}
