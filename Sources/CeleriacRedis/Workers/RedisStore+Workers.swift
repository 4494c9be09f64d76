#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
public import CeleriacCore
import RESPClient

/// The lines of our own workers; Python's are asked by remote control.
extension RedisStore: WorkerDirectory {
    public func beat(_ status: WorkerStatus) async throws {
        let line = [UInt8](try JSONEncoder().encode(status))
        let expires = String(status.expires.timeIntervalSince1970)
        _ = try await run(Scripts.beat, keys: keys.workers, [virtualNow, status.name, expires, line])
    }

    public func leave(_ worker: String) async throws {
        let answers = try await send([
            RESPCommand("HDEL", keys.workers[0], worker), RESPCommand("ZREM", keys.workers[1], worker),
        ])
        try server.throwFirstError(in: answers)
    }

    public func workers() async throws -> [WorkerStatus] {
        let now = time.now
        let lines = try await send(RESPCommand("HVALS", keys.workers[0])).elements ?? []
        // A line that a later version wrote otherwise is none that this one can show.
        return lines.compactMap { line in
            line.bytes.flatMap { try? JSONDecoder().decode(WorkerStatus.self, from: Data($0)) }
        }
        .filter { $0.expires > now }
        .sorted { $0.name < $1.name }
    }
}

extension RedisKeys {
    /// HASH name -> line; ZSET name -> until when it stands, in seconds.
    var workers: [String] { [own("workers"), own("workers.expiry")] }
}

extension Scripts {
    static let beat = RESPScript(beating)

    /// BEAT. KEYS: see ``RedisKeys/workers``. ARGV: the time in microseconds, or "" = the server's; name; until when, in
    /// seconds; line.
    ///
    /// Drops the lines whose time is over, and lets both keys go once all are.
    static let beating = #"""
        local now = tonumber(ARGV[1])
        local is_real = not now
        if is_real then
          local time = redis.call('TIME')
          now = time[1] * 1000000 + time[2]
        end
        now = string.format('%.6f', now / 1000000)
        for _, name in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, 1000)) do
          redis.call('HDEL', KEYS[1], name)
          redis.call('ZREM', KEYS[2], name)
        end
        redis.call('HSET', KEYS[1], ARGV[2], ARGV[4])
        redis.call('ZADD', KEYS[2], ARGV[3], ARGV[2])
        if is_real then
          local last = redis.call('ZRANGE', KEYS[2], -1, -1, 'WITHSCORES')[2]
          for i = 1, 2 do redis.call('EXPIREAT', KEYS[i], string.format('%.0f', last + 1)) end
        end
        """#
}
