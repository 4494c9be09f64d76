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
    /// bury(dead, of_queue, messages, id, queue, reason, now, deliveries, raw, is_answered)
    /// ```
    ///
    /// `dead`, `of_queue` and `messages` are ``RedisKeys/dead``, ``RedisKeys/dead(_:)`` and ``RedisKeys/deadMessages``; `id`
    /// is text, or nil or "" where none was found; `now` and `deliveries` are numbers as text. `is_answered`: the call's end is
    /// recorded by whoever asked for this; else that is done later, see ``RedisKeys/unanswered``.
    ///
    /// A letter of the same id stays; only the same message takes its own place again. Returns the id of the letter.
    static let lua = """
        local function bury(dead, of_queue, messages, id, queue, reason, now, deliveries, raw, is_answered)
          local stem = string.sub(messages, 1, #messages - #'messages')
          local bytes = stem .. 'bytes'
          if redis.call('HEXISTS', bytes, queue) == 0 then
            -- Letters of before they were counted.
            local sum = 0
            for _, other in ipairs(redis.call('ZRANGE', of_queue, 0, -1)) do
              sum = sum + redis.call('HSTRLEN', messages, other)
            end
            redis.call('HSET', bytes, queue, sum)
          end

          -- Another message's letter has a line feed before other bytes.
          local function message_of(letter)
            return string.sub(letter, (string.find(letter, '\\n', 1, true) or 0) + 1)
          end
          if type(id) ~= 'string' or id == '' then
            id = 'malformed-' .. redis.sha1hex(raw .. now .. redis.call('HLEN', messages))
          end
          local old = redis.call('HGET', messages, id)
          if old and message_of(old) ~= raw then
            id = id .. '+' .. string.sub(redis.sha1hex(raw), 1, 16)
            old = redis.call('HGET', messages, id)
          end
          if old then
            local is_read, head = pcall(cjson.decode, string.match(old, '^[^\\n]*'))
            local place = is_read and type(head) == 'table' and type(head.queue) == 'string' and head.queue or queue
            redis.call('ZREM', string.sub(of_queue, 1, #of_queue - #queue) .. place, id)
            if redis.call('HEXISTS', bytes, place) == 1 then redis.call('HINCRBY', bytes, place, -#old) end
          end
          local letter = '{"queue":' .. cjson.encode(queue) .. ',"reason":' .. cjson.encode(reason)
            .. ',"died_at":' .. now .. ',"deliveries":' .. deliveries .. '}\\n' .. raw
          redis.call('ZADD', dead, now, id)
          redis.call('ZADD', of_queue, now, id)
          redis.call('HSET', messages, id, letter)
          redis.call('HINCRBY', bytes, queue, #letter)
          if not is_answered then redis.call('SADD', stem .. 'unanswered', id) end
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

    /// Their bytes by queue; the script that parks finds it beside ``deadMessages``.
    var deadBytes: String { own("dead.bytes") }

    /// How many have fallen out, by queue.
    var deadDropped: String { own("dead.dropped") }

    /// The letters that a script has parked by itself, until the failure of their calls is recorded.
    var unanswered: String { own("dead.unanswered") }
}
