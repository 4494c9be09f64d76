import AMQPClient
import CeleriacCore
import Logging
import RabbitMQUnderTest
import Synchronization

@testable import CeleriacRabbitMQ

/// Stores on the shared server, each alone on its virtual host. A new host takes the server long, so they are used again
/// once their queues are deleted.
enum VirtualHosts {
    private static let free = Mutex<[String]>([])

    /// Runs `body` with a store on a virtual host without queues of its own.
    ///
    /// - Parameter options: how the store declares queues.
    static func withStore<Value: Sendable>(
        _ options: RabbitMQOptions = RabbitMQOptions(), _ body: (RabbitMQStore) async throws -> Value
    ) async throws -> Value {
        let server = try await RabbitMQServer.shared()
        let host = try await take(server)
        let store = RabbitMQStore(configuration(server, host), options: options, logger: .quiet)
        let value: Value
        do { value = try await body(store) } catch {
            await store.close()
            throw error
        }
        try await clean(store)
        await store.close()
        free.withLock { $0.append(host) }
        return value
    }

    static func configuration(_ server: RabbitMQServer, _ host: String) -> AMQPConfiguration {
        AMQPConfiguration(hosts: [.init("127.0.0.1", port: server.port)], virtualHost: host)
    }

    private static func take(_ server: RabbitMQServer) async throws -> String {
        if let host = free.withLock({ $0.popLast() }) { return host }
        let hosts = try await server.makeVirtualHosts(4)
        free.withLock { $0 += hosts.dropFirst() }
        return hosts[0]
    }

    private static func clean(_ store: RabbitMQStore) async throws {
        let channel = try await store.publishing.openChannel()
        for queue in store.declarations.queues {
            try await channel.deleteQueue(queue)
            try await channel.deleteExchange(queue)
        }
    }
}

extension Logger {
    static let quiet = Logger(label: "celeriac.tests") { _ in SwiftLogNoOpLogHandler() }
}
