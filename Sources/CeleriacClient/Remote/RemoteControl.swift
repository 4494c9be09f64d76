/// Sends commands to workers, including Python workers. Made by ``TaskApp/control(to:pattern:timeout:)``.
///
/// Each method asks once, waits for the timeout, and returns the workers' answers in the order in which they arrived;
/// an empty array if no worker runs. The answer of a worker that refuses is a ``ControlError``. The changes of a
/// command last until the worker ends.
///
/// Swift workers revoke, terminate and send events on request. They refuse the other commands unless they were started
/// with ``ControlReach/full``.
///
/// Every method throws `BrokerError` if the broker cannot be reached.
public struct RemoteControl: Sendable {
    let audience: ControlAudience

    /// The replies of the addressed workers, one for each that answered in time.
    public typealias Replies = [NodeReply<String>]

    // MARK: Calls

    /// Prevents the workers from starting these calls.
    ///
    /// The workers keep the revocation in memory. ``TaskApp/revoke(_:terminate:signal:)`` also stores it in the broker.
    ///
    /// - Parameters:
    ///   - ids: the ids of the calls.
    ///   - terminate: whether to end the calls if they run.
    ///   - signal: the signal with which Python workers end them.
    @discardableResult
    public func revoke(
        _ ids: [TaskID], terminate: Bool = false, signal: ProcessSignal = .terminate
    ) async throws -> Replies {
        try await tell("revoke", .revoking(ids, terminate: terminate, signal: signal))
    }

    /// Ends these calls if they run, and prevents them from starting.
    @discardableResult
    public func terminate(_ ids: [TaskID], signal: ProcessSignal = .terminate) async throws -> Replies {
        try await revoke(ids, terminate: true, signal: signal)
    }

    /// Prevents the workers from starting calls that carry one of these stamps.
    ///
    /// - Parameters:
    ///   - headers: the values to match, by the name of the stamp.
    ///   - terminate: whether to end the calls if they run.
    ///   - signal: the signal with which Python workers end them.
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
    ///   - task: the name of the task; the worker must know it.
    ///   - limit: the rate; `nil` removes the limit.
    @discardableResult
    public func rateLimit(_ task: TaskName, _ limit: RateLimit?) async throws -> Replies {
        let text = limit.map { JSONValue.string($0.celeryText) } ?? 0
        return try await tell("rate_limit", ["task_name": .string(task.rawValue), "rate_limit": text])
    }

    /// Sets the time limits of a task's calls that start from now on.
    ///
    /// - Parameters:
    ///   - task: the name of the task; the worker must know it.
    ///   - soft: the time after which the worker asks the task to end; `nil` for no limit.
    ///   - hard: the time after which the worker gives up on the task; `nil` for no limit.
    @discardableResult
    public func timeLimit(_ task: TaskName, soft: Duration?, hard: Duration?) async throws -> Replies {
        try await tell(
            "time_limit", ["task_name": .string(task.rawValue), "soft": .seconds(soft), "hard": .seconds(hard)])
    }

    // MARK: Pools

    /// Lets each worker run `count` more calls at once.
    @discardableResult
    public func growPool(by count: Int = 1) async throws -> Replies {
        try await tell("pool_grow", ["n": .integer(Int64(count))])
    }

    /// Lets each worker run `count` fewer calls at once. Running calls may finish.
    @discardableResult
    public func shrinkPool(by count: Int = 1) async throws -> Replies {
        try await tell("pool_shrink", ["n": .integer(Int64(count))])
    }

    /// Sets the minimum and maximum pool size of autoscaling workers.
    @discardableResult
    public func autoscale(min: Int, max: Int) async throws -> Replies {
        try await tell("autoscale", ["max": .integer(Int64(max)), "min": .integer(Int64(min))])
    }

    /// Makes Python workers restart their processes, if their settings allow it.
    @discardableResult
    public func poolRestart() async throws -> Replies { try await tell("pool_restart", [:]) }

    // MARK: Queues

    /// Makes the workers consume one more queue.
    ///
    /// - Parameters:
    ///   - queue: the name of the queue.
    ///   - exchange: the exchange that the queue is bound to; `nil` for the exchange with the queue's name.
    ///   - kind: the kind of the exchange.
    ///   - routingKey: the routing key of the binding; `nil` for the queue's name.
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

    /// Makes the workers stop consuming a queue. They finish the calls that they hold from it.
    @discardableResult
    public func cancelConsumer(_ queue: QueueName) async throws -> Replies {
        try await tell("cancel_consumer", ["queue": .string(queue.rawValue)])
    }

    // MARK: Workers

    /// Makes the workers emit events about their calls. See ``TaskApp/events(buffer:isListening:)``.
    @discardableResult
    public func enableEvents() async throws -> Replies { try await tell("enable_events", [:]) }

    /// Makes the workers stop emitting events about their calls. A worker that was started with `-E` goes on.
    @discardableResult
    public func disableEvents() async throws -> Replies { try await tell("disable_events", [:]) }

    /// Makes the workers send a heartbeat now. Does not wait for replies, because the heartbeat is the answer.
    public func heartbeat() async throws { try await audience.tell("heartbeat", [:]) }

    /// Makes the workers shut down gracefully. Does not wait for replies, because a worker that shuts down does not
    /// answer.
    public func shutdown() async throws { try await audience.tell("shutdown", [:]) }

    /// Sends any other command.
    ///
    /// - Parameters:
    ///   - name: the name of the command.
    ///   - arguments: the arguments, by their Python names.
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
    /// The rate in Celery's notation: a count per second, minute or hour.
    fileprivate var celeryText: String {
        let isPlain = [.seconds(1), .seconds(60), .seconds(3600)].contains(period)
        return isPlain ? description : "\(count / period.seconds)/s"
    }
}
