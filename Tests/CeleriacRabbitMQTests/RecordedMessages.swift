import Foundation
import NIOCore
import Testing

@testable import AMQPClient

/// A message that Celery published or that a worker got, with the properties as they stood in the content header.
struct RecordedMessage: CustomTestStringConvertible {
    let recording: String
    let exchange: String
    let routingKey: String
    let properties: AMQPProperties
    let body: [UInt8]
    /// The body as JSON; `nil` if it is in another format or packed.
    let json: Any?

    var testDescription: String { "\(recording): \(taskID ?? "no id")" }

    /// The id in the headers, or in a body of protocol 1.
    var taskID: String? { properties.headers?["id"]?.string ?? (json as? [String: Any])?["id"] as? String }
    var task: String? { properties.headers?["task"]?.string ?? (json as? [String: Any])?["task"] as? String }
    var args: Any? { (json as? [Any])?.first ?? (json as? [String: Any])?["args"] }
    var isProtocol1: Bool { properties.headers?["task"] == nil }

    /// The messages of all recordings that call a task.
    static var calls: [RecordedMessage] {
        Recordings.all.sorted { $0.key < $1.key }.flatMap { messages(of: $0.key, in: $0.value) }
            .filter { $0.task != nil && $0.args != nil || $0.properties.headers?["task"] != nil }
    }

    /// The messages of the recordings of `rpc://` that hold a state of a call.
    static var replies: [RecordedMessage] {
        Recordings.all.filter { $0.key.hasPrefix("rpc-") }.sorted { $0.key < $1.key }
            .flatMap { messages(of: $0.key, in: $0.value) }
            .filter { ($0.json as? [String: Any])?["status"] != nil }
    }

    private static func messages(of recording: String, in value: Any) -> [RecordedMessage] {
        switch value {
        case let object as [String: Any]:
            let inner = object.sorted { $0.key < $1.key }.flatMap { messages(of: recording, in: $0.value) }
            return (RecordedMessage(recording, object).map { [$0] } ?? []) + inner
        case let array as [Any]: return array.flatMap { messages(of: recording, in: $0) }
        default: return []
        }
    }

    private init?(_ recording: String, _ object: [String: Any]) {
        guard let header = (object["content_header_base64"] as? String).flatMap({ Data(base64Encoded: $0) }),
            let exchange = object["exchange"] as? String, let routingKey = object["routing_key"] as? String,
            let properties = try? ContentHeader(from: ByteBuffer(bytes: header)).properties
        else { return nil }
        (self.recording, self.exchange, self.routingKey) = (recording, exchange, routingKey)
        self.properties = properties
        let text = (object["body"] as? String).map { Array($0.utf8) }
        let bytes = (object["body_base64"] as? String).flatMap { Data(base64Encoded: $0) }.map { Array($0) }
        guard let body = text ?? bytes else { return nil }
        self.body = body
        json = object["body_json"]
    }
}
