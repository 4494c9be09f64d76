import RESPClient

extension Scripts {
    static let look = RESPScript(prelude + messages + restoring + looking)
    static let lookAtDelayed = RESPScript(prelude + messages + restoring + lookingAtDelayed)
    static let remove = RESPScript(prelude + messages + uniqueness + removing)

    /// LOOK. ARGV: a queue; how many messages to pass over; how many to show at most.
    ///
    /// Before it looks it does what has fallen due there, as a claim would. Returns messages in the order of claims: fewer than
    /// asked for once it has read 16 MiB, but one at least if there is one.
    static let looking = #"""
        local queue, offset, limit = ARGV[first], tonumber(ARGV[first + 1]), tonumber(ARGV[first + 2])
        restore_lapsed(queue, 1000)
        promote(queue, 1000)
        local found, size = {}, 0

        -- Shows messages of one list from a place on, a few at first, since nobody knows how large they are.
        local function show(name, length)
          local part = 8
          while offset < length and limit > 0 and size < share do
            local raws = redis.call('LRANGE', name, -(offset + math.min(part, limit)), -1 - offset)
            for i = #raws, 1, -1 do
              if limit > 0 and (size < share or #found == 0) then
                found[#found + 1] = raws[i]
                size, offset, limit = size + #raws[i], offset + 1, limit - 1
              end
            end
            part = math.min(2 * part, 64)
          end
          offset = math.max(0, offset - length)
        end

        for _, step in ipairs(steps) do
          local name = list(queue, step)
          if is_kind('list', name) and limit > 0 and size < share then show(name, redis.call('LLEN', name)) end
        end
        send_hints()
        return found
        """#

    /// The same of what is delayed. Returns members and due times in turn.
    static let lookingAtDelayed = #"""
        local queue, offset, limit = ARGV[first], tonumber(ARGV[first + 1]), tonumber(ARGV[first + 2])
        promote(queue, 1000)
        local found = {}
        local part, size = 8, 0
        while limit > 0 and size < share do
          local asked = math.min(part, limit)
          local members = redis.call('ZRANGE', delayed_stem .. queue, offset, offset + asked - 1, 'WITHSCORES')
          for i = 1, #members, 2 do
            if size < share then
              found[#found + 1], found[#found + 2] = members[i], members[i + 1]
              size = size + #members[i]
            end
          end
          if #members < 2 * asked then break end
          offset, limit, part = offset + asked, limit - asked, math.min(2 * part, 64)
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
          demand('zset', delayed_stem .. queue)
          removed = redis.call('ZREM', delayed_stem .. queue, member)
        else
          for _, step in ipairs(steps) do
            local name = list(queue, step)
            if removed == 0 and is_kind('list', name) then removed = redis.call('LREM', name, -1, raw) end
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
