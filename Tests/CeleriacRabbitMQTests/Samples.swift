import AMQPClient
import CeleriacCore
import Foundation

extension Publication {
    /// A call of `tests.sample` without arguments.
    static func sample(
        _ id: TaskID, to queue: QueueName = .default, eta: Date? = nil, notBefore: Date? = nil,
        route: ExchangeRoute? = nil, headers extra: JSONObject = [:], isPersistent: Bool = true
    ) -> Publication {
        var headers = MessageHeaders(id: id, task: "tests.sample")
        headers.eta = eta
        headers.extra = extra
        let properties = Envelope.Properties(
            exchange: route?.exchange, routingKey: route?.routingKey, isPersistent: isPersistent)
        let body = Array("[[],{},\(String(decoding: Message.emptyEmbed, as: UTF8.self))]".utf8)
        return Publication(
            Envelope(headers: headers, properties: properties, body: body), to: queue, notBefore: notBefore)
    }
}

extension Broker {
    /// Opens a consumer of a few slots.
    func consume<Value: Sendable>(
        _ queues: QueueName..., capacity: Int = 4, _ body: (any Consumer) async throws -> Value
    ) async throws -> Value {
        try await withConsumer(ConsumerTerms(queues, lease: .seconds(30), capacity: capacity), body)
    }
}

extension Consumer {
    /// Waits for one message of the queue.
    func claim(_ queue: QueueName = .default) async throws -> Delivery {
        try await next(upTo: 1, from: [queue], wait: true)[0]
    }

    func settle(_ delivery: Delivery, _ settlement: Settlement) async throws -> Set<Receipt> {
        try await settle([(delivery.receipt, settlement)])
    }
}

/// Waits until it is so. The time limit of the test is the only one.
func wait(until condition: () async throws -> Bool) async throws {
    while try await !condition() { try await Task.sleep(for: .milliseconds(10)) }
}
