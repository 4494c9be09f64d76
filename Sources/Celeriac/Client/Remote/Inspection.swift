/// Questions to workers, Python's among them. Made by ``TaskApp/inspect(to:pattern:timeout:)``.
///
/// Each method asks once, waits for the timeout, and gives the replies in the order in which they came: none, if no worker
/// lives. A reply is read leniently: what is missing in it is `nil` or empty, and ``NodeReply/json`` has all of it.
///
/// Every method throws `BrokerError` if the broker cannot be asked.
public struct Inspection: Sendable {
    let audience: ControlAudience

    // MARK: Calls

    /// The calls that run.
    ///
    /// - Parameter safe: whether arguments come as text (`repr`) instead of as JSON.
    public func active(safe: Bool = false) async throws -> [NodeReply<[HeldCall]>] {
        try await audience.ask("active", safe ? ["safe": true] : [:], HeldCall.list)
    }

    /// The calls that a worker holds and has not started.
    public func reserved() async throws -> [NodeReply<[HeldCall]>] {
        try await audience.ask("reserved", [:], HeldCall.list)
    }

    /// The calls that wait for their time: those that a Python worker holds, those that wait in the broker in a Swift
    /// worker's queues.
    public func scheduled() async throws -> [NodeReply<[ScheduledCall]>] {
        try await audience.ask("scheduled", [:]) { $0.arrayValue?.compactMap(ScheduledCall.init) }
    }

    /// The ids that a worker will not start.
    public func revoked() async throws -> [NodeReply<[TaskID]>] {
        try await audience.ask("revoked", [:]) { $0.arrayValue?.compactMap(\.stringValue).map { TaskID($0) } }
    }

    /// Where calls stand in the workers that hold them. Ids that a worker does not hold are left out of its reply.
    public func queryTask(_ ids: [TaskID]) async throws -> [NodeReply<[QueriedCall]>] {
        try await audience.ask("query_task", ["ids": .array(ids.map { .string($0.rawValue) })]) { reply in
            reply.objectValue?.sorted { $0.key < $1.key }.compactMap { QueriedCall($0.value) }
        }
    }

    // MARK: Workers

    /// The nodes that answer.
    public func ping() async throws -> [NodeReply<String>] {
        try await audience.ask("ping", [:]) { $0["ok"]?.stringValue }
    }

    /// The tasks that a worker can run.
    ///
    /// - Parameter taskInfo: attributes of theirs to tell, by Python's names, such as `rate_limit`.
    public func registered(taskInfo: [String] = []) async throws -> [NodeReply<[RegisteredTask]>] {
        let items = JSONValue.array(taskInfo.map(JSONValue.string))
        return try await audience.ask("registered", ["taskinfoitems": items]) { reply in
            reply.arrayValue?.compactMap(\.stringValue).map(RegisteredTask.init)
        }
    }

    public func stats() async throws -> [NodeReply<WorkerStats>] {
        try await audience.ask("stats", [:], WorkerStats.init)
    }

    /// The queues that a worker consumes.
    public func activeQueues() async throws -> [NodeReply<[ConsumedQueue]>] {
        try await audience.ask("active_queues", [:]) { $0.arrayValue?.compactMap(ConsumedQueue.init) }
    }

    /// A worker's settings, passwords masked by the worker.
    ///
    /// - Parameter withDefaults: whether settings that nobody set are told too.
    public func configuration(withDefaults: Bool = false) async throws -> [NodeReply<JSONObject>] {
        try await audience.ask("conf", ["with_defaults": .bool(withDefaults)], \.objectValue)
    }

    /// What a bug report should say of a worker: versions, platform, settings; as text.
    public func report() async throws -> [NodeReply<String>] {
        try await audience.ask("report", [:]) { $0["ok"]?.stringValue }
    }

    /// A worker's Lamport clock.
    public func clock() async throws -> [NodeReply<Int64>] {
        try await audience.ask("clock", [:]) { $0["clock"]?.intValue.map(Int64.init) }
    }

    /// Asks anything else.
    ///
    /// - Parameters:
    ///   - name: of the command, such as `memsample`.
    ///   - arguments: by their Python names.
    public func command(
        _ name: String, _ arguments: JSONObject = [:]
    ) async throws -> [NodeReply<JSONValue>] {
        try await audience.ask(name, arguments) { $0 }
    }
}
