import Foundation
import NIOCore

@testable import AMQPClient

/// The inputs to begin with: conversations in order, and recorded frames of RabbitMQ. Made at each run.
enum Seeds {
    /// - Parameter recordings: the folder of `payload_base64` and `content_header_base64` in JSON files.
    static func write(to folder: String, recordings: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var seeds = [try handshake(), try answers(), try channelEnd(), try serverClose()]
        for file in try FileManager.default.contentsOfDirectory(atPath: recordings).sorted() {
            let data = try Data(contentsOf: URL(filePath: "\(recordings)/\(file)"))
            seeds += try frames(in: try JSONSerialization.jsonObject(with: data)).prefix(8).map { [0] + cut($0) }
        }
        for (number, seed) in seeds.enumerated() {
            try Data(seed).write(to: URL(filePath: "\(folder)/seed-\(number)"))
        }
    }

    private static func handshake() throws -> [UInt8] {
        let start = ConnectionMethod.start(
            major: 0, minor: 9,
            serverProperties: ["product": "RabbitMQ", "capabilities": .table(["basic.nack": true])],
            mechanisms: "AMQPLAIN PLAIN", locales: "en_US")
        let tuning = ConnectionMethod.Tuning(channelMax: 2047, frameMax: 131_072, heartbeat: 60)
        var bytes = ByteBuffer()
        for method in [start, .tune(tuning), .openOk, .blocked(reason: "low on memory"), .unblocked] {
            try bytes.write(.connection(method), channel: 0, limit: 4096)
        }
        return [1] + said(bytes) + [0]
    }

    /// The answers to all that ``Talk`` opens with.
    private static func answers() throws -> [UInt8] {
        var bytes = ByteBuffer()
        func say(_ method: AMQPClient.Method) throws { try bytes.write(method, channel: 1, limit: 4096) }
        func content(_ body: [UInt8]) throws {
            let properties = AMQPProperties(
                contentType: "application/json",
                headers: ["id": "1", "eta": .null, "x": .array([1, .double(2.5), .bytes([3])])])
            let header = ContentHeader(bodySize: UInt64(body.count), properties: properties)
            try bytes.writeFrame(.header, channel: 1, limit: 4096) { (buffer) throws(AMQPViolation) in
                try header.write(to: &buffer)
            }
            bytes.write(body: body, channel: 1, limit: 32)
        }
        try say(.basic(.qosOk))
        try say(.basic(.consumeOk(consumerTag: "c1")))
        try say(.confirm(.selectOk))
        try say(.basic(.return(code: 312, text: "NO_ROUTE", exchange: "e", routingKey: "1")))
        try content([1, 2])
        try say(.basic(.ack(tag: 2, isMultiple: true)))
        try say(.basic(.nack(tag: 3, isMultiple: false, isRequeued: false)))
        try say(.basic(.getOk(tag: 1, isRedelivered: false, exchange: "", routingKey: "q", messages: 3)))
        try content([UInt8](repeating: 7, count: 60))
        try say(.basic(.deliver(consumerTag: "c1", tag: 2, isRedelivered: true, exchange: "", routingKey: "q")))
        try content([])
        try say(.queue(.purgeOk(messages: 1)))
        try say(.channel(.flow(isActive: false)))
        try say(.basic(.cancel(consumerTag: "c1", noWait: true)))
        bytes.writeHeartbeat()
        return [2] + said(bytes) + [8, 9, 12, 7]
    }

    private static func channelEnd() throws -> [UInt8] {
        var bytes = ByteBuffer()
        let closing = Closing(code: 404, text: "NOT_FOUND", cause: MethodID(MethodID.queue, 30))
        try bytes.write(.channel(.close(closing)), channel: 1, limit: 4096)
        return [2] + said(bytes) + [0, 3, 10]
    }

    private static func serverClose() throws -> [UInt8] {
        var bytes = ByteBuffer()
        let closing = Closing(code: 320, text: "CONNECTION_FORCED", cause: MethodID(0, 0))
        try bytes.write(.connection(.close(closing)), channel: 0, limit: 4096)
        return [2, 11] + said(bytes)
    }

    /// Bytes of the server, as ``Talk`` reads them.
    private static func said(_ bytes: ByteBuffer) -> [UInt8] {
        var rest = Array(bytes.readableBytesView)[...]
        var input: [UInt8] = []
        while !rest.isEmpty {
            let part = rest.prefix(240)
            input += [UInt8(part.count + 15)] + part
            rest = rest.dropFirst(part.count)
        }
        return input
    }

    /// The same as ``Bytes`` reads them.
    private static func cut(_ bytes: ByteBuffer) -> [UInt8] {
        var rest = Array(bytes.readableBytesView)[...]
        var input: [UInt8] = []
        while !rest.isEmpty {
            let part = rest.prefix(256)
            input += [UInt8(part.count - 1)] + part
            rest = rest.dropFirst(part.count)
        }
        return input
    }

    private static func frames(in value: Any) throws -> [ByteBuffer] {
        switch value {
        case let object as [String: Any]:
            let own = try [("payload_base64", Frame.Kind.method), ("content_header_base64", .header)].compactMap {
                (key, kind) in try (object[key] as? String).map { try frame(kind, $0) }
            }
            return try own + object.values.flatMap { try frames(in: $0) }
        case let array as [Any]: return try array.flatMap { try frames(in: $0) }
        default: return []
        }
    }

    private static func frame(_ kind: Frame.Kind, _ base64: String) throws -> ByteBuffer {
        guard let payload = Data(base64Encoded: base64) else { throw CocoaError(.fileReadCorruptFile) }
        var bytes = ByteBuffer()
        try bytes.writeFrame(kind, channel: 1, limit: 131_072) { $0.writeBytes(payload) }
        return bytes
    }
}
