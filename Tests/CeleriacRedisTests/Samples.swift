import CeleriacCore
import Foundation
import RESPClient
import Testing

@testable import CeleriacRedis

extension Publication {
    /// A call of `tests.sample`.
    static func sample(
        _ id: TaskID, to queue: QueueName = .default, priority: CallPriority? = nil,
        through route: ExchangeRoute? = nil, notBefore: Date? = nil
    ) -> Publication {
        var headers = MessageHeaders(id: id, task: "tests.sample")
        headers.eta = notBefore
        let properties = Envelope.Properties(
            priority: priority, exchange: route?.exchange, routingKey: route?.routingKey)
        let body = Array(#"[[],{},{"callbacks":null,"errbacks":null,"chain":null,"chord":null}]"#.utf8)
        return Publication(
            Envelope(headers: headers, properties: properties, body: body), to: queue, notBefore: notBefore)
    }
}

/// A message as Celery 5.7 writes it: `add.delay(2, 3)`.
struct PythonMessage {
    var id = "b1625de6-c8e3-435d-a36d-104290137414"
    var tag = "bd27cbdb-b822-438a-beb1-4c2dad8c8eb9"
    var eta = "null"
    var arguments = "(2, 3)"
    var exchange = ""
    var routingKey = "celery"

    var text: String {
        #"{"body": "W1syLCAzXSwge30sIHsiY2FsbGJhY2tzIjogbnVsbCwgImVycmJhY2tzIjogbnVsbCwgImNoYWluIjogbnVsbCwgImNob3JkIjog"#
            + #"bnVsbH1d", "content-encoding": "utf-8", "content-type": "application/json", "headers": {"lang": "py", "#
            + #""task": "tasks.add", "id": "\#(id)", "shadow": null, "eta": \#(eta), "expires": null, "group": null, "#
            + #""group_index": null, "retries": 0, "timelimit": [null, null], "root_id": "\#(id)", "parent_id": null, "#
            + #""argsrepr": "\#(arguments)", "kwargsrepr": "{}", "origin": "gen21506@web1", "ignore_result": false, "#
            + #""replaced_task_nesting": 0, "stamped_headers": null, "stamps": {}}, "properties": {"correlation_id": "#
            + #""\#(id)", "reply_to": "eed39283-5fca-3883-b652-8e41c872db56", "delivery_mode": 2, "delivery_info": "#
            + #"{"exchange": "\#(exchange)", "routing_key": "\#(routingKey)"}, "priority": 0, "body_encoding": "base64", "#
            + #""delivery_tag": "\#(tag)"}}"#
    }

    /// What a Python worker that holds it writes into `unacked`.
    var entry: String { #"[\#(text), "\#(exchange)", "\#(routingKey)"]"# }
}

extension RedisStore {
    /// Sends any command, past all that the store knows.
    @discardableResult
    func raw(_ name: StaticString, _ words: String...) async throws -> RESPValue {
        var command = RESPCommand(name)
        for word in words { command.append(word) }
        return try await client.send(command)
    }

    /// The elements of a list, the next one to be served first.
    func list(_ name: String) async throws -> [String] {
        try await raw("LRANGE", name, "0", "-1").elements?.compactMap(\.text).reversed() ?? []
    }

    func consume<Value: Sendable>(
        _ queues: [QueueName] = [.default], _ body: (any Consumer) async throws -> Value
    ) async throws -> Value {
        try await withConsumer(ConsumerTerms(queues, lease: .seconds(30)), body)
    }

    /// Claims and acks all that is due.
    func drain(_ queue: QueueName = .default) async throws -> [TaskID] {
        try await consume([queue]) { consumer in
            var ids: [TaskID] = []
            while true {
                let deliveries = try await consumer.next(upTo: 10, from: [queue], wait: false)
                guard !deliveries.isEmpty else { return ids }
                ids += deliveries.map(\.id)
                #expect(try await settle(deliveries.map { ($0.receipt, .ack) }).isEmpty)
            }
        }
    }

    /// Claims in the name of a process that dies before it reads the answer.
    func claimInVain(_ queue: QueueName = .default, lease: Duration = .seconds(30)) async throws {
        _ = try await run(Scripts.claim, [lease.microseconds, 10, queue.rawValue])
    }
}

extension Consumer {
    func claim(_ limit: Int = 10, from queue: QueueName = .default) async throws -> [Delivery] {
        try await next(upTo: limit, from: [queue], wait: false)
    }

    func claimOne(from queue: QueueName = .default) async throws -> Delivery {
        try #require(try await claim(1, from: queue).first)
    }
}
