import RESPClient

extension Scripts {
    static let revoke = RESPScript(revokingHeading + recording + uniqueness + revoking)

    private static let revokingHeading = #"""
        local unique_stem, unacked = ARGV[5], ARGV[6]

        """#

    /// REVOKE. KEYS: see ``RedisKeys/revocations``, then the key of each call's result. ARGV: the time in microseconds, or
    /// "" = the server's; until when, in seconds; 1 to terminate; the channel of the generation; what begins unique keys; the hash of
    /// what is held; then for each call its id, the document of its result, and for how many milliseconds that stands.
    ///
    /// REVOKED is recorded where the call has not begun, as far as its result says, as `revoke` of Celery 5.7 does it:
    /// otherwise whoever runs it tells of its end. A later date wins over an earlier one. The unique key of a call that waits is
    /// free from now on; one that runs holds it until its end.
    static let revoking = #"""
        local now = tonumber(ARGV[1])
        if not now then
          local time = redis.call('TIME')
          now = time[1] * 1000000 + time[2]
        end
        now = string.format('%.6f', now / 1000000)
        for i = 1, 2 do redis.call('ZREMRANGEBYSCORE', KEYS[i], '-inf', now) end

        local has_not_begun = { PENDING = true, RECEIVED = true, RETRY = true, REJECTED = true }
        local function free_key_of(id)
          local tag = redis.call('GET', unique_stem .. 'of:' .. id)
          if tag and redis.call('HEXISTS', unacked, tag) == 0 then free(tag, 'sd') end
        end

        for i = 1, #KEYS - 3 do
          local at = 7 + 3 * (i - 1)
          local id, document, span = ARGV[at], ARGV[at + 1], ARGV[at + 2]
          redis.call('ZADD', KEYS[1], 'GT', ARGV[2], id)
          if ARGV[3] == '1' then redis.call('ZADD', KEYS[2], 'GT', ARGV[2], id) end
          free_key_of(id)
          local before = redis.pcall('GET', KEYS[3 + i])
          -- A key that holds another kind of value is nobody's result.
          local is_free = not before or type(before) == 'string' and has_not_begun[state_of(before) or '']
          if is_free then
            record(KEYS[3 + i], 'REVOKED', document, span)
          end
        end
        redis.call('PUBLISH', ARGV[4], redis.call('INCR', KEYS[3]))
        """#
}
