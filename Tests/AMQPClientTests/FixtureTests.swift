import Foundation
import NIOCore
import Testing

@testable import AMQPClient

/// What Celery 5.7 with py-amqp 5.4 and RabbitMQ 3.10 sent, recorded.
@Suite("recorded bytes of Celery over AMQP")
struct FixtureTests {
    private static var files: [URL] {
        get throws {
            let folder = try #require(Bundle.module.resourceURL).appending(path: "Fixtures/celery-amqp")
            return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        }
    }

    /// All objects with this key, of all recordings.
    private func objects(with key: String) throws -> [[String: Any]] {
        try Self.files.sorted { $0.path < $1.path }.flatMap { file in
            objects(with: key, in: try JSONSerialization.jsonObject(with: Data(contentsOf: file)))
        }
    }

    private func objects(with key: String, in value: Any) -> [[String: Any]] {
        switch value {
        case let object as [String: Any]:
            (object[key] == nil ? [] : [object]) + object.values.flatMap { objects(with: key, in: $0) }
        case let array as [Any]: array.flatMap { objects(with: key, in: $0) }
        default: []
        }
    }

    private func bytes(_ object: [String: Any], _ key: String) throws -> ByteBuffer {
        ByteBuffer(bytes: try #require((object[key] as? String).flatMap { Data(base64Encoded: $0) }))
    }

    @Test("content headers are read as recorded, and written to the byte")
    func contentHeaders() throws {
        let messages = try objects(with: "content_header_base64")
        #expect(messages.count >= 91)
        for message in messages {
            let recorded = try bytes(message, "content_header_base64")
            let header = try ContentHeader(from: recorded)
            #expect(header.violation == nil)
            var written = ByteBuffer()
            try header.write(to: &written)
            // The server's own `x-death` holds numbers in more bytes than they need.
            if header.properties.headers?["x-death"] == nil { #expect(written == recorded) }
            #expect(try ContentHeader(from: written) == header)
            try compare(header.properties, with: message)
        }
    }

    private func compare(_ properties: AMQPProperties, with message: [String: Any]) throws {
        let recorded = try #require(message["properties"] as? [String: Any])
        #expect(properties.contentType == recorded["content_type"] as? String)
        #expect(properties.contentEncoding == recorded["content_encoding"] as? String)
        #expect(properties.deliveryMode.map(Int.init) == recorded["delivery_mode"] as? Int)
        #expect(properties.priority.map(Int.init) == recorded["priority"] as? Int)
        #expect(properties.correlationID == recorded["correlation_id"] as? String)
        #expect(properties.replyTo == recorded["reply_to"] as? String)
        #expect(properties.expiration == recorded["expiration"] as? String)
        let types = message["header_types"] as? [String: String] ?? [:]
        for (name, type) in types {
            let value = try #require(properties.headers?[name], "\(name)")
            #expect(value.letters.contains(type), "\(name): \(value) as \(type)")
        }
    }

    @Test("methods are read as recorded, and written to the byte")
    func methods() throws {
        let frames = try objects(with: "payload_base64").filter { $0["method"] is String }
        #expect(frames.count >= 16)
        for frame in frames {
            let recorded = try bytes(frame, "payload_base64")
            let method = try Method(from: recorded)
            #expect("\(method.id)" == frame["method"] as? String)
            var written = ByteBuffer()
            try method.write(to: &written)
            #expect(written == recorded, "\(method)")
        }
    }
}

extension AMQPValue {
    /// The letters under which it may have been sent.
    fileprivate var letters: String {
        switch self {
        case .null: "V"
        case .boolean: "t"
        case .integer: "bBsuIilL"
        case .double: "fd"
        case .decimal: "D"
        case .string, .malformedString: "S"
        case .bytes: "x"
        case .timestamp: "T"
        case .array: "A"
        case .table: "F"
        }
    }
}
