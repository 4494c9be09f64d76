import AMQPClient
import CeleriacCore
import CeleriacWire
import Foundation
import Testing

@testable import CeleriacRabbitMQ

/// A recorded message of remote control or of events.
struct RecordedMail: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let exchange: String
    let routingKey: String
    let properties: AMQPProperties
    let body: String

    var mail: Mail {
        get throws {
            let headers = try #require(properties.headers)
            let values = try headers.map { Mail.Header($0.name, try #require($0.value.number ?? $0.value.text)) }
            return Mail(headers: values, body: Array(body.utf8))
        }
    }

    static func all(through exchange: String) -> [RecordedMail] {
        Recordings.all.flatMap { name, recording -> [RecordedMail] in
            let members = recording as? [String: Any] ?? [:]
            let messages = (members["publishes"] ?? members["messages"]) as? [[String: Any]] ?? []
            return messages.compactMap { RecordedMail(name, $0) }
        }.filter { $0.exchange == exchange }
    }

    private init?(_ name: String, _ message: [String: Any]) {
        guard let exchange = message["exchange"] as? String, let key = message["routing_key"] as? String,
            let body = message["body"] as? String, let properties = message["properties"] as? [String: Any],
            let types = message["header_types"] as? [String: String]
        else { return nil }
        testDescription = "\(name): \(exchange) \(key)"
        self.exchange = exchange
        routingKey = key
        self.body = body
        self.properties = AMQPProperties(
            contentType: properties["content_type"] as? String,
            contentEncoding: properties["content_encoding"] as? String,
            headers: AMQPTable(sorted: properties["headers"] as? [String: Any] ?? [:], types),
            deliveryMode: (properties["delivery_mode"] as? Int).flatMap(UInt8.init(exactly:)),
            priority: (properties["priority"] as? Int).flatMap(UInt8.init(exactly:)))
    }
}

extension AMQPTable {
    /// Sorted by name, since a dictionary has no order.
    init(sorted headers: [String: Any], _ types: [String: String]) {
        self.init(
            headers.sorted { $0.key < $1.key }.map { name, value in
                switch types[name] {
                case "S": (name, .string(value as? String ?? ""))
                case "d": (name, .double(value as? Double ?? .nan))
                default: (name, .integer(value as? Int64 ?? .min))
                }
            })
    }

    var sortedByName: AMQPTable { AMQPTable(sorted { $0.name < $1.name }.map { ($0.name, $0.value) }) }
}

extension AMQPValue {
    fileprivate var number: JSONValue? { integer.map(JSONValue.integer) ?? double.map(JSONValue.double) }
    fileprivate var text: JSONValue? { string.map(JSONValue.string) }
}
