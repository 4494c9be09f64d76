import AMQPClient
import RabbitMQUnderTest
import RedisUnderTest
import Synchronization

/// Waits until it is so. The time limit of the test is the only one.
func wait(until condition: () async throws -> Bool) async throws {
    while try await !condition() { try await Pause.briefly() }
}

/// The error of the client that `body` throws.
func error(of body: () async throws -> Void) async -> AMQPError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? AMQPError
    }
}

/// A connection for the scope of `body`; closed at its end.
func withConnection(
    _ configuration: AMQPConfiguration, _ body: (AMQPConnection) async throws -> Void
) async throws {
    let connection = try await AMQPConnection.connect(configuration)
    let result: Result<Void, any Error>
    do { result = .success(try await body(connection)) } catch { result = .failure(error) }
    await connection.close()
    try result.get()
}

/// For a patient client, since the tests share the machine.
func patient(_ port: Int, virtualHost: String = "/") -> AMQPConfiguration {
    var configuration = AMQPConfiguration(
        hosts: [.init("127.0.0.1", port: port)], virtualHost: virtualHost)
    configuration.connectTimeout = .seconds(30)
    configuration.deadline = .seconds(60)
    return configuration
}

extension RabbitMQServer {
    var configuration: AMQPConfiguration { patient(port) }

    /// On the shared server, with a virtual host of its own.
    static func connected(_ body: (AMQPConnection) async throws -> Void) async throws {
        let server = try await shared()
        try await withConnection(patient(server.port, virtualHost: server.makeVirtualHost()), body)
    }
}

extension AMQPMessage {
    /// A persistent message.
    init(to queue: String, _ text: String, exchange: String = "", headers: AMQPTable? = nil) {
        self.init(
            exchange: exchange, routingKey: queue,
            properties: AMQPProperties(contentType: "text/plain", headers: headers, deliveryMode: 2),
            body: Array(text.utf8))
    }
}

extension AMQPDelivery {
    var text: String { String(decoding: body, as: UTF8.self) }
}

extension AMQPConsumer {
    /// The next so many deliveries.
    func next(_ count: Int) async throws -> [AMQPDelivery] {
        var deliveries: [AMQPDelivery] = []
        let iterator = makeAsyncIterator()
        while deliveries.count < count, let delivery = try await iterator.next() { deliveries.append(delivery) }
        return deliveries
    }
}
