#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CeleriacCore

/// One dead letter as it lies in Redis.
///
/// ```
/// ZSET celeriac.dead            id -> when it died, in seconds since 1970
/// ZSET celeriac.dead:<queue>    the same, of one queue
/// HASH celeriac.dead.messages   id -> {"queue":"mail","reason":"it broke","died_at":1700000000.25,"deliveries":2}\n<raw>
/// HASH celeriac.dead.bytes      queue -> bytes of its documents; celeriac.dead.dropped: queue -> how many have fallen out
/// SET  celeriac.dead.unanswered ids of letters whose calls' failure is to be recorded
/// ```
///
/// The first line is one compact JSON object; what follows its line feed is the message byte for byte as it lay in its list,
/// whether that is JSON or not. A message in which no id can be found gets one from `Scripts/Fragments/deadLetters.lua`.
struct DeadLetterDocument: Sendable, Hashable {
    var queue: QueueName
    var reason: String
    var diedAt: Date
    /// How often it was handed out; 0 where nobody counted.
    var deliveries: Int
    var raw: [UInt8]
    /// The first line as it was read; a letter that was parked anew has another.
    private(set) var header = ""

    init(queue: QueueName, reason: String, diedAt: Date, deliveries: Int = 0, raw: [UInt8]) {
        self.queue = queue
        self.reason = reason
        self.diedAt = diedAt
        self.deliveries = deliveries
        self.raw = raw
    }

    /// - Returns: `nil` where the bytes are no such document: nobody but a stranger's hand has written them.
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

    /// Those of one queue, by time; its name stands at the end.
    func dead(_ queue: QueueName) -> String { own("dead:\(queue)") }

    /// Their documents, by id.
    var deadMessages: String { own("dead.messages") }

    /// Their bytes by queue; the script that parks finds it beside ``deadMessages``.
    var deadBytes: String { own("dead.bytes") }

    /// How many have fallen out, by queue.
    var deadDropped: String { own("dead.dropped") }

    /// The letters that a script has parked by itself, until the failure of their calls is recorded.
    var unanswered: String { own("dead.unanswered") }
}
