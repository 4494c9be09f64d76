/// Commands to workers, Python's among them. Made by ``TaskApp/control(to:pattern:timeout:)``.
///
/// Each method asks once, waits for the timeout, and gives what the workers answered, in the order in which they came: none,
/// if no worker lives. A worker that refuses answers with a ``ControlError``. What a command changes lasts until the worker
/// ends.
///
/// Swift's workers revoke, terminate and send events on request; the other commands they refuse unless they were started with
/// ``ControlReach/full``.
///
/// Every method throws `BrokerError` if the broker cannot be reached.
public struct RemoteControl: Sendable {
    let audience: ControlAudience

    public typealias Replies = [NodeReply<String>]

    // MARK: Calls

    /// Has the workers not start these calls.
    ///
    /// They keep it in their memory. ``TaskApp/revoke(_:terminate:signal:)`` has the broker keep it too.
    ///
    /// - Parameters:
    ///   - ids: of the calls.
    ///   - terminate: whether to end them if they run.
    ///   - signal: how Python's workers do that.
    @discardableResult
    public func revoke(
        _ ids: [TaskID], terminate: Bool = false, signal: ProcessSignal = .terminate
    ) async throws -> Replies {
        try await tell("revoke", .revoking(ids, terminate: terminate, signal: signal))
    }

    /// Ends these calls if they run, and keeps them from starting.
    @discardableResult
    public func terminate(_ ids: [TaskID], signal: ProcessSignal = .terminate) async throws -> Replies {
        try await revoke(ids, terminate: true, signal: signal)
    }

    /// Has the workers not start calls that carry one of these stamps.
    ///
    /// - Parameters:
    ///   - headers: of each stamp the values that are meant.
    ///   - terminate: whether to end them if they run.
    ///   - signal: how Python's workers do that.
    @discardableResult
    public func revokeByStampedHeaders(
        _ headers: [String: [String]], terminate: Bool = false, signal: ProcessSignal = .terminate
    ) async throws -> Replies {
        let stamps = JSONObject(headers.mapValues { .array($0.map(JSONValue.string)) })
        return try await tell(
            "revoke_by_stamped_headers",
            ["headers": .object(stamps), "terminate": .bool(terminate), "signal": .string(signal.rawValue)]
        )
    }

    // MARK: Tasks

    /// Limits how often each worker starts a task.
    ///
    /// - Parameters:
    ///   - task: its name; the worker must know it.
    ///   - limit: `nil` = no limit.
    @discardableResult
    public func rateLimit(_ task: TaskName, _ limit: RateLimit?) async throws -> Replies {
        let text = limit.map { JSONValue.string($0.celeryText) } ?? 0
        return try await tell("rate_limit", ["task_name": .string(task.rawValue), "rate_limit": text])
    }

    /// Sets the time limits of a task's calls that start from now on.
    ///
    /// - Parameters:
    ///   - task: its name; the worker must know it.
    ///   - soft: after which the task is asked to end; `nil` = never.
    ///   - hard: after which it is given up; `nil` = never.
    @discardableResult
    public func timeLimit(_ task: TaskName, soft: Duration?, hard: Duration?) async throws -> Replies {
        try await tell(
            "time_limit", ["task_name": .string(task.rawValue), "soft": .seconds(soft), "hard": .seconds(hard)])
    }

    // MARK: Pools

    /// Lets each worker run `count` calls more at once.
    @discardableResult
    public func growPool(by count: Int = 1) async throws -> Replies {
        try await tell("pool_grow", ["n": .integer(Int64(count))])
    }

    /// Lets each worker run `count` calls less at once; what runs may end.
    @discardableResult
    public func shrinkPool(by count: Int = 1) async throws -> Replies {
        try await tell("pool_shrink", ["n": .integer(Int64(count))])
    }

    /// Sets between what a worker that scales itself may scale.
    @discardableResult
    public func autoscale(min: Int, max: Int) async throws -> Replies {
        try await tell("autoscale", ["max": .integer(Int64(max)), "min": .integer(Int64(min))])
    }

    /// Has Python's workers start their processes anew, where their settings allow it.
    @discardableResult
    public func poolRestart() async throws -> Replies { try await tell("pool_restart", [:]) }

    // MARK: Queues

    /// Has the workers consume one more queue.
    ///
    /// - Parameters:
    ///   - queue: its name.
    ///   - exchange: that it is bound to; `nil` = one of the queue's own name.
    ///   - kind: of the exchange.
    ///   - routingKey: of the binding; `nil` = the queue's name.
    @discardableResult
    public func addConsumer(
        _ queue: QueueName, exchange: String? = nil, kind: Exchange.Kind = .direct, routingKey: String? = nil
    ) async throws -> Replies {
        try await tell(
            "add_consumer",
            [
                "queue": .string(queue.rawValue), "exchange": exchange.map(JSONValue.string) ?? .null,
                "exchange_type": .string(kind.rawValue), "routing_key": routingKey.map(JSONValue.string) ?? .null,
            ]
        )
    }

    /// Has the workers no longer consume a queue; what they hold of it they finish.
    @discardableResult
    public func cancelConsumer(_ queue: QueueName) async throws -> Replies {
        try await tell("cancel_consumer", ["queue": .string(queue.rawValue)])
    }

    // MARK: Workers

    /// Has the workers tell of their calls. See ``TaskApp/events(buffer:isListening:)``.
    @discardableResult
    public func enableEvents() async throws -> Replies { try await tell("enable_events", [:]) }

    /// Has the workers tell of their calls no longer. One that was started with `-E` goes on.
    @discardableResult
    public func disableEvents() async throws -> Replies { try await tell("disable_events", [:]) }

    /// Has the workers send a heartbeat now. Nothing is waited for: the heartbeat is the answer.
    public func heartbeat() async throws { try await audience.tell("heartbeat", [:]) }

    /// Has the workers end in order. Nothing is waited for: a worker that ends does not answer.
    public func shutdown() async throws { try await audience.tell("shutdown", [:]) }

    /// Tells them anything else.
    ///
    /// - Parameters:
    ///   - name: of the command.
    ///   - arguments: by their Python names.
    @discardableResult
    public func command(
        _ name: String, _ arguments: JSONObject = [:]
    ) async throws -> [NodeReply<JSONValue>] {
        try await audience.ask(name, arguments) { $0 }
    }

    private func tell(_ name: String, _ arguments: JSONObject) async throws -> Replies {
        try await audience.ask(name, arguments) { $0["ok"].map { $0.stringValue ?? $0.text } }
    }
}

extension JSONValue {
    fileprivate static func seconds(_ duration: Duration?) -> JSONValue {
        duration.map { .double($0.seconds) } ?? .null
    }
}

extension JSONObject {
    /// The arguments of `revoke`.
    static func revoking(_ ids: [TaskID], terminate: Bool, signal: ProcessSignal) -> Self {
        [
            "task_id": .array(ids.map { .string($0.rawValue) }), "terminate": .bool(terminate),
            "signal": .string(signal.rawValue),
        ]
    }
}

extension RateLimit {
    /// As Celery reads it: a count for each second, minute or hour.
    fileprivate var celeryText: String {
        let isPlain = [.seconds(1), .seconds(60), .seconds(3600)].contains(period)
        return isPlain ? description : "\(count / period.seconds)/s"
    }
}
