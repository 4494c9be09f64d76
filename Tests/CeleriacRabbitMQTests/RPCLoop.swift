import CeleriacCore

@testable import CeleriacRabbitMQ

/// A worker's side and a client's side of `rpc://` as one result backend: each state goes through the server, and is
/// there once it has arrived.
struct RPCLoop: ResultBackend {
    let worker: RPCResults
    let client: RPCResults

    var transport: String { client.transport }
    var interimStates: Set<TaskState> { client.interimStates }

    func record(_ changes: [StateChange]) async throws {
        let queue = try await client.replyQueue()
        let arrivals = client.inbox.arrivals
        let addressed = changes.map { change in
            var change = change
            change.replyTo = queue
            return change
        }
        try await worker.record(addressed)
        while client.inbox.arrivals < arrivals + changes.count {
            try Task.checkCancellation()
            await Task.yield()
        }
    }

    func record(of id: TaskID) async throws -> TaskRecord? { try await client.record(of: id) }

    func nextRecord(of id: TaskID, after seen: TaskRecord?) async throws -> TaskRecord? {
        try await client.nextRecord(of: id, after: seen)
    }

    func forget(_ id: TaskID) async throws { try await client.forget(id) }

    /// Runs `body` with a worker and a client that are connected to one virtual host by stores of their own.
    static func with<Value: Sendable>(
        _ options: RPCOptions = RPCOptions(), time: any TimeSource = SystemTime(),
        _ body: (RPCLoop) async throws -> Value
    ) async throws -> Value {
        try await VirtualHosts.withStore(time: time) { store in
            let other = RabbitMQStore(store.configuration, time: time, logger: .quiet)
            let loop = RPCLoop(
                worker: RPCResults(through: other, options: options),
                client: RPCResults(through: store, options: options))
            let result: Result<Value, any Error>
            do { result = .success(try await body(loop)) } catch { result = .failure(error) }
            await loop.client.close()
            await other.close()
            return try result.get()
        }
    }
}
