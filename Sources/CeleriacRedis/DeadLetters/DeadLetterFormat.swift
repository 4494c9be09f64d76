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
/// ```
///
/// The first line is one compact JSON object; what follows its line feed is the message byte for byte as it lay in its list,
/// be it JSON or not. A message in which no id can be found gets one from ``lua``.
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

extension DeadLetterDocument {
    /// What a script needs that parks messages. Put it before the script's own text.
    ///
    /// ```
    /// bury(dead, of_queue, messages, id, queue, reason, now, deliveries, raw)
    /// ```
    ///
    /// `dead`, `of_queue` and `messages` are ``RedisKeys/dead``, ``RedisKeys/dead(_:)`` and ``RedisKeys/deadMessages``; `id`
    /// is text, or nil or "" where none was found; `now` and `deliveries` are numbers as text. A letter of the same id is
    /// replaced. Returns the id.
    static let lua = """
        local function bury(dead, of_queue, messages, id, queue, reason, now, deliveries, raw)
          if type(id) ~= 'string' or id == '' then
            id = 'malformed-' .. redis.sha1hex(raw .. now .. redis.call('HLEN', messages))
          end
          local header = '{"queue":' .. cjson.encode(queue) .. ',"reason":' .. cjson.encode(reason)
            .. ',"died_at":' .. now .. ',"deliveries":' .. deliveries .. '}'
          local old = redis.call('HGET', messages, id)
          if old then
            local is_read, head = pcall(cjson.decode, string.match(old, '^[^\\n]*'))
            if is_read and type(head) == 'table' and type(head.queue) == 'string' and head.queue ~= queue then
              redis.call('ZREM', string.sub(of_queue, 1, #of_queue - #queue) .. head.queue, id)
            end
          end
          redis.call('ZADD', dead, now, id)
          redis.call('ZADD', of_queue, now, id)
          redis.call('HSET', messages, id, header .. '\\n' .. raw)
          return id
        end

        """
}

extension RedisKeys {
    /// All dead letters, by time.
    var dead: String { own("dead") }

    /// Those of one queue, by time; its name stands at the end.
    func dead(_ queue: QueueName) -> String { own("dead:\(queue)") }

    /// Their documents, by id.
    var deadMessages: String { own("dead.messages") }
}
