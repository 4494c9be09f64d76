#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
public import CeleriacCore
import RESPClient
import RedisKit

extension RedisStore: StartLimiter {
    public func reserveStart(of id: TaskID, under key: String, every interval: Duration) async throws -> Date? {
        let answer = try await run(
            Scripts.reserve, keys: keys.limit(key), [virtualNow, id.rawValue, interval.microseconds])
        return answer.text.flatMap(Int64.init).map(Date.init(microseconds:))
    }
}

extension RedisKeys {
    /// STR the first instant that is free; ZSET id -> the instant that was reserved. Both in microseconds.
    func limit(_ key: String) -> [String] { [own("limit:\(key)"), own("limit.reserved:\(key)")] }
}

extension Scripts {
    static let reserve = RESPScript(reserving)

    /// RESERVE. KEYS: see ``RedisKeys/limit(_:)``. ARGV: the time in microseconds, or "" = the server's; id; the interval in
    /// microseconds.
    ///
    /// A reservation stands for an hour behind its instant, for a call that comes late. Both keys go when nothing is left.
    ///
    /// Returns nothing if it may start now, else when, in microseconds.
    static let reserving = #"""
        local free, reserved, id = KEYS[1], KEYS[2], ARGV[2]
        local now = tonumber(ARGV[1])
        local is_real = not now
        if is_real then
          local time = redis.call('TIME')
          now = time[1] * 1000000 + time[2]
        end
        local patience = 3600 * 1000000
        local function whole(number) return string.format('%.0f', number) end

        -- Each instant ahead is reserved for a call. Where the first free one lies further ahead, a clock that has been set
        -- right since ran ahead: the limit begins anew.
        local most = now + (redis.call('ZCARD', reserved) + 2) * tonumber(ARGV[3])
        if tonumber(redis.call('GET', free) or 0) > most then redis.call('DEL', free, reserved) end

        local given = redis.call('ZSCORE', reserved, id)
        if given then
          if tonumber(given) > now then return whole(tonumber(given)) end
          redis.call('ZREM', reserved, id)
          if tonumber(given) > now - patience then return nil end
        end

        local start = math.max(now, tonumber(redis.call('GET', free) or 0))
        local next = start + tonumber(ARGV[3])
        redis.call('SET', free, whole(next))
        if start > now then
          redis.call('ZREMRANGEBYSCORE', reserved, '-inf', whole(now - patience))
          redis.call('ZADD', reserved, whole(start), id)
        end
        if is_real then
          redis.call('PEXPIREAT', free, whole(next / 1000 + 1000))
          if start > now then redis.call('PEXPIREAT', reserved, whole((start + patience) / 1000)) end
        end
        if start > now then return whole(start) end
        return nil
        """#
}
