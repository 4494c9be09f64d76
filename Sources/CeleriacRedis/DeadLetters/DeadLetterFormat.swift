#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CeleriacCore

/// One dead letter as it is stored in Redis.
///
/// ```
/// ZSET celeriac.dead            id -> when it died, in seconds since 1970
/// ZSET celeriac.dead:<queue>    the same, of one queue
/// HASH celeriac.dead.messages   id -> {"queue":"mail","reason":"it broke","died_at":1700000000.25,"deliveries":2}\n<raw>
/// HASH celeriac.dead.bytes      queue -> bytes of its documents; celeriac.dead.dropped: queue -> how many have fallen out
/// SET  celeriac.dead.unanswered ids of letters whose calls' failure is to be recorded
/// ```
///
/// The first line is one compact JSON object. After its line feed comes the message, byte for byte as it was in its
/// list, whether it is JSON or not. `Scripts/Fragments/deadLetters.lua` makes an id for a message that has none.
struct DeadLetterDocument: Sendable, Hashable {
    var queue: QueueName
    var reason: String
    var diedAt: Date
    /// How often the message was handed out; 0 if nobody counted.
    var deliveries: Int
    var raw: [UInt8]
    /// The first line as it was read. It changes when a letter is parked again.
    private(set) var header = ""

    init(queue: QueueName, reason: String, diedAt: Date, deliveries: Int = 0, raw: [UInt8]) {
        self.queue = queue
        self.reason = reason
        self.diedAt = diedAt
        self.deliveries = deliveries
        self.raw = raw
    }

    /// - Returns: `nil` if the bytes have another form; then this library did not write them.
    init?(parsing bytes: [UInt8]) {
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")),
            let header = try? JSONValue(parsing: bytes[..<end]),
            let queue = header["queue"]?.stringValue.flatMap(QueueName.init(rawValue:)),
            let reason = header["reason"]?.stringValue, let diedAt = header["died_at"]?.doubleValue
        else { return nil }
        self.init(
            queue: queue, reason: reason, diedAt: Date(timeIntervalSince1970: diedAt).bounded,
            deliveries: Int(count: header["deliveries"]?.intValue ?? 0), raw: Array(bytes[bytes.index(after: end)...]))
        self.header = String(decoding: bytes[..<end], as: UTF8.self)
    }
}

extension RedisKeys {
    /// All dead letters, by time.
    var dead: String { own("dead") }

    /// The letters of one queue, by time. The name of the queue is at the end of the key.
    func dead(_ queue: QueueName) -> String { own("dead:\(queue)") }

    /// The documents of the letters, by id.
    var deadMessages: String { own("dead.messages") }

    /// The bytes of the documents, by queue. The script that parks derives this key from ``deadMessages``.
    var deadBytes: String { own("dead.bytes") }

    /// How many letters have fallen out, by queue.
    var deadDropped: String { own("dead.dropped") }

    /// The letters that a script has parked by itself, until the failure of their calls is recorded.
    var unanswered: String { own("dead.unanswered") }
}
