import AMQPClient
import CeleriacCore
import Logging
import RabbitMQUnderTest

@testable import CeleriacRabbitMQ

/// Stores on the shared server, each alone on its virtual host. A new host takes the server long, so hosts are used
/// again once their queues are deleted.
actor VirtualHosts {
    private static let shared = VirtualHosts()
    /// So many stores work at a time.
    private static let count = 6

    private var free: [String] = []
    private var waiting: [CheckedContinuation<String, Never>] = []
    private var made: Task<Void, any Error>?

    /// Runs `body` with a store on a virtual host without queues of its own.
    ///
    /// - Parameter options: how the store declares queues.
    static func withStore<Value: Sendable>(
        _ options: RabbitMQOptions = RabbitMQOptions(), time: any TimeSource = SystemTime(),
        _ body: (RabbitMQStore) async throws -> Value
    ) async throws -> Value {
        let server = try await RabbitMQServer.shared()
        let host = try await shared.take(server)
        let store = RabbitMQStore(configuration(server, host), options: options, time: time, logger: .quiet)
        let result: Result<Value, any Error>
        do { result = .success(try await body(store)) } catch { result = .failure(error) }
        // In a task of its own, so that a test that ran out of time leaves a clean host too.
        let next = await Task {
            let isClean = (try? await clean(store)) != nil
            await store.close()
            // What a busy server did not delete in time must not meet another test.
            return isClean ? host : (try? await server.makeVirtualHost()) ?? host
        }.value
        await shared.giveBack(next)
        return try result.get()
    }

    static func configuration(_ server: RabbitMQServer, _ host: String) -> AMQPConfiguration {
        // Patient, since the tests share the machine.
        var configuration = AMQPConfiguration(hosts: [.init("127.0.0.1", port: server.port)], virtualHost: host)
        configuration.connectTimeout = .seconds(30)
        configuration.deadline = .seconds(30)
        return configuration
    }

    private func take(_ server: RabbitMQServer) async throws -> String {
        if made == nil { made = Task { free += try await server.makeVirtualHosts(Self.count) } }
        try await made?.value
        if let host = free.popLast() { return host }
        return await withCheckedContinuation { waiting.append($0) }
    }

    private func giveBack(_ host: String) {
        if waiting.isEmpty { free.append(host) } else { waiting.removeFirst().resume(returning: host) }
    }

    private static func clean(_ store: RabbitMQStore) async throws {
        let channel = try await store.publishing.openChannel()
        for queue in store.declarations.queues {
            try await channel.deleteQueue(queue)
            try await channel.deleteExchange(queue)
        }
        try await emptyLevels(store, channel)
    }

    /// Removes delayed calls, which would reach the queue of the same name in another test.
    private static func emptyLevels(_ store: RabbitMQStore, _ channel: AMQPChannel) async throws {
        for level in (0...DelayLevels.highest).reversed() {
            let name = DelayLevels.name(of: level)
            guard try await store.declarations.state(of: name, on: store.publishing) != nil else { return }
            _ = try await channel.purgeQueue(name)
        }
    }
}

extension Logger {
    static let quiet = Logger(label: "celeriac.tests") { _ in SwiftLogNoOpLogHandler() }
}
