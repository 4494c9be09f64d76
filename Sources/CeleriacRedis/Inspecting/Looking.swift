import RESPClient

extension Scripts {
    static let look = RESPScript(prelude + messages + restoring + looking)
    static let lookAtDelayed = RESPScript(prelude + messages + restoring + lookingAtDelayed)
    static let remove = RESPScript(prelude + messages + uniqueness + removing)

    /// LOOK. ARGV: a queue; how many messages to pass over; how many to show at most.
    ///
    /// Before it looks it does what has fallen due there, as a claim would. Returns messages in the order of claims.
    static let looking = #"""
        local queue, offset, limit = ARGV[first], tonumber(ARGV[first + 1]), tonumber(ARGV[first + 2])
        restore_lapsed(queue, 1000)
        promote(queue, 1000)
        local found = {}
        for _, step in ipairs(steps) do
          local name = list(queue, step)
          local length = redis.call('LLEN', name)
          if offset >= length then
            offset = offset - length
          elseif limit > 0 then
            local raws = redis.call('LRANGE', name, -(offset + limit), -1 - offset)
            for i = #raws, 1, -1 do found[#found + 1] = raws[i] end
            offset, limit = 0, limit - #raws
          end
        end
        send_hints()
        return found
        """#

    /// The same of what is delayed. Returns members and due times in turn.
    static let lookingAtDelayed = #"""
        local queue, offset, limit = ARGV[first], tonumber(ARGV[first + 1]), tonumber(ARGV[first + 2])
        promote(queue, 1000)
        local found = {}
        if limit > 0 then
          found = redis.call('ZRANGE', delayed_stem .. queue, offset, offset + limit - 1, 'WITHSCORES')
        end
        send_hints()
        return found
        """#

    /// REMOVE. ARGV: a queue; a message as it lies there; its member of the delayed, or "" for one that is ready.
    ///
    /// Returns 1 if it lay there still.
    static let removing = #"""
        local queue, raw, member = ARGV[first], ARGV[first + 1], ARGV[first + 2]
        local removed = 0
        if member ~= '' then
          removed = redis.call('ZREM', delayed_stem .. queue, member)
        else
          for _, step in ipairs(steps) do
            if removed == 0 then removed = redis.call('LREM', list(queue, step), -1, raw) end
          end
        end
        local tag = removed == 1 and read(raw, queue)
        if tag then
          free(tag, 'sd')
          redis.call('HDEL', deliveries, tag)
        end
        return removed
        """#
}
