import RESPClient

extension Scripts {
    static let look = RESPScript(prelude + messages + restoring + looking)
    static let lookAtDelayed = RESPScript(prelude + messages + restoring + lookingAtDelayed)
    static let find = RESPScript(prelude + messages + restoring + matching + finding)
    static let findDelayed = RESPScript(prelude + messages + restoring + matching + findingDelayed)
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

    /// Whether a message is a call's. One that has no id is known by its tag.
    private static let matching = #"""
        -- Texts without these characters stand in JSON as they are; parsing is dear.
        local is_plain = not string.find(ARGV[first + 1], '[^%w_.:+ -]')
        local function is_of(raw, id, queue)
          if is_plain and not string.find(raw, id, 1, true) then return false end
          return (call_id(raw) or (read(raw, queue))) == id
        end

        """#

    /// FIND. ARGV: a queue; an id; where to go on: the place of a step (from 1), and how many messages of its list to pass over; how
    /// many to look at.
    ///
    /// Looks from the newest message to the one that is served next: what is claimed meanwhile moves no other out of sight.
    /// Returns the message and how many would be claimed before it; else where to go on; else nothing.
    static let finding = #"""
        local queue, id = ARGV[first], ARGV[first + 1]
        local place, offset, most = tonumber(ARGV[first + 2]), tonumber(ARGV[first + 3]), tonumber(ARGV[first + 4])
        if place == 1 and offset == 0 then
          restore_lapsed(queue, 1000)
          promote(queue, 1000)
          send_hints()
        end
        while place <= #steps do
          local name = list(queue, steps[place])
          local raws = redis.call('LRANGE', name, offset, offset + most - 1)
          for i, raw in ipairs(raws) do
            if is_of(raw, id, queue) then
              local before = redis.call('LLEN', name) - offset - i
              for step = 1, place - 1 do before = before + redis.call('LLEN', list(queue, steps[step])) end
              return { raw, before }
            end
          end
          if #raws == most then return { place, offset + most } end
          place, offset, most = place + 1, 0, most - #raws
        end
        return {}
        """#

    /// The same of what is delayed, from the latest to what is due next. ARGV: a queue; an id; how many to pass over; how many to
    /// look at. Returns the member and when it is due; else how many to pass over; else nothing.
    static let findingDelayed = #"""
        local queue, id, offset, most = ARGV[first], ARGV[first + 1], tonumber(ARGV[first + 2]), tonumber(ARGV[first + 3])
        if offset == 0 then
          promote(queue, 1000)
          send_hints()
        end
        local members = redis.call('ZREVRANGE', delayed_stem .. queue, offset, offset + most - 1, 'WITHSCORES')
        for i = 1, #members, 2 do
          local raw = string.gsub(members[i], '^%d+:%d+%^?:', '')
          if is_of(raw, id, queue) then return { members[i], members[i + 1] } end
        end
        if #members == 2 * most then return { offset + most } end
        return {}
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
