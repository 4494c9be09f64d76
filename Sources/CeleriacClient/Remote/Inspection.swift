/// Asks workers for information, including Python workers. Made by ``TaskApp/inspect(to:pattern:timeout:)``.
///
/// Each method asks once, waits for the timeout, and returns the replies in the order in which they arrived; an empty
/// array if no worker runs. A reply is read leniently: missing values are `nil` or empty, and ``NodeReply/json``
/// contains the complete reply.
///
/// Every method throws `BrokerError` if the broker cannot be asked.
public struct Inspection: Sendable {
    let audience: ControlAudience

    // MARK: Calls

    /// Asks for the calls that are running.
    ///
    /// - Parameter safe: whether arguments are returned as text (`repr`) instead of as JSON.
    public func active(safe: Bool = false) async throws -> [NodeReply<[HeldCall]>] {
        try await audience.ask("active", safe ? ["safe": true] : [:], HeldCall.list)
    }

    /// Asks for the calls that a worker holds and has not started.
    public func reserved() async throws -> [NodeReply<[HeldCall]>] {
        try await audience.ask("reserved", [:], HeldCall.list)
    }

    /// Asks for the calls that wait for their eta. A Python worker lists the calls that it holds, a Swift worker those
    /// that wait in its queues on the broker.
    public func scheduled() async throws -> [NodeReply<[ScheduledCall]>] {
        try await audience.ask("scheduled", [:]) { $0.arrayValue?.compactMap(ScheduledCall.init) }
    }

    /// Asks for the ids of the calls that a worker will not start.
    public func revoked() async throws -> [NodeReply<[TaskID]>] {
        try await audience.ask("revoked", [:]) { $0.arrayValue?.compactMap(\.stringValue).map { TaskID($0) } }
    }

    /// Asks for the stage of calls in the workers that hold them. A worker's reply leaves out the ids that it does not
    /// hold.
    public func queryTask(_ ids: [TaskID]) async throws -> [NodeReply<[QueriedCall]>] {
        try await audience.ask("query_task", ["ids": .array(ids.map { .string($0.rawValue) })]) { reply in
            reply.objectValue?.sorted { $0.key < $1.key }.compactMap { QueriedCall($0.value) }
        }
    }

    // MARK: Workers

    /// Asks which nodes are running.
    public func ping() async throws -> [NodeReply<String>] {
        try await audience.ask("ping", [:]) { $0["ok"]?.stringValue }
    }

    /// Asks for the tasks that a worker can run.
    ///
    /// - Parameter taskInfo: the attributes of the tasks to include, by their Python names, such as `rate_limit`.
    public func registered(taskInfo: [String] = []) async throws -> [NodeReply<[RegisteredTask]>] {
        let items = JSONValue.array(taskInfo.map(JSONValue.string))
        return try await audience.ask("registered", ["taskinfoitems": items]) { reply in
            reply.arrayValue?.compactMap(\.stringValue).map(RegisteredTask.init)
        }
    }

    /// Asks for counts, uptime, pool and resources of each worker.
    public func stats() async throws -> [NodeReply<WorkerStats>] {
        try await audience.ask("stats", [:], WorkerStats.init)
    }

    /// Asks for the queues that a worker consumes.
    public func activeQueues() async throws -> [NodeReply<[ConsumedQueue]>] {
        try await audience.ask("active_queues", [:]) { $0.arrayValue?.compactMap(ConsumedQueue.init) }
    }

    /// Asks for a worker's settings. The worker masks passwords.
    ///
    /// - Parameter withDefaults: whether to include settings that nobody has set.
    public func configuration(withDefaults: Bool = false) async throws -> [NodeReply<JSONObject>] {
        try await audience.ask("conf", ["with_defaults": .bool(withDefaults)], \.objectValue)
    }

    /// Asks for a worker's details for a bug report, as text: versions, platform, settings.
    public func report() async throws -> [NodeReply<String>] {
        try await audience.ask("report", [:]) { $0["ok"]?.stringValue }
    }

    /// Asks for a worker's Lamport clock.
    public func clock() async throws -> [NodeReply<Int64>] {
        try await audience.ask("clock", [:]) { $0["clock"]?.intValue.map(Int64.init) }
    }

    /// Sends any other question.
    ///
    /// - Parameters:
    ///   - name: the name of the command, such as `memsample`.
    ///   - arguments: the arguments, by their Python names.
    public func command(
        _ name: String, _ arguments: JSONObject = [:]
    ) async throws -> [NodeReply<JSONValue>] {
        try await audience.ask(name, arguments) { $0 }
    }
}
