import RESPClient

extension Scripts {
    static let look = RESPScript(prelude + messages + restoring + looking)
    static let lookAtDelayed = RESPScript(prelude + messages + restoring + lookingAtDelayed)
    static let find = RESPScript(prelude + messages + restoring + matching + finding)
    static let findDelayed = RESPScript(prelude + messages + restoring + matching + findingDelayed)
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

    /// Whether a message is a call's. One that has no id is known by its tag.
    private static let matching = #"""
        -- Texts without these characters stand in JSON as they are; parsing is dear.
        local is_plain = not string.find(ARGV[first + 1], '[^%w_.:+ -]')
        local function is_of(raw, id, queue)
          if is_plain and not string.find(raw, id, 1, true) then return false end
          return (id_of(raw) or (read(raw, queue))) == id
        end

        """#

    /// FIND. ARGV: a queue; an id; where to go on: the place of a step (from 1), and how many messages of its list to pass over; how
    /// many to look at.
    ///
    /// Looks from the newest message to the one that is served next: what is claimed meanwhile moves no other out of sight.
    /// Returns the message and how many would be claimed before it; else where to go on; else nothing. Looks at fewer once it has
    /// read 16 MiB.
    static let finding = #"""
        local queue, id = ARGV[first], ARGV[first + 1]
        local place, offset, most = tonumber(ARGV[first + 2]), tonumber(ARGV[first + 3]), tonumber(ARGV[first + 4])
        if place == 1 and offset == 0 then
          restore_lapsed(queue, 1000)
          promote(queue, 1000)
          send_hints()
        end
        local has_looked = false
        while place <= #steps do
          local name, part = list(queue, steps[place]), 8
          local length = is_kind('list', name) and redis.call('LLEN', name) or 0
          while offset < length do
            if most <= 0 or (has_looked and spent >= share) then return { place, offset } end
            local raws = redis.call('LRANGE', name, offset, offset + math.min(part, most) - 1)
            for i, raw in ipairs(raws) do
              spent = spent + #raw
              if is_of(raw, id, queue) then
                local before = length - offset - i
                for step = 1, place - 1 do
                  local other = list(queue, steps[step])
                  if is_kind('list', other) then before = before + redis.call('LLEN', other) end
                end
                return { raw, before }
              end
            end
            has_looked, offset, most, part = true, offset + #raws, most - #raws, math.min(2 * part, 64)
          end
          place, offset = place + 1, 0
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
        local has_looked, part = false, 8
        while most > 0 and not (has_looked and spent >= share) do
          local asked = math.min(part, most)
          local members = read_set('ZREVRANGE', delayed_stem .. queue, offset, offset + asked - 1, 'WITHSCORES')
          for i = 1, #members, 2 do
            local raw = string.gsub(members[i], '^%d+:%d+%^?:', '')
            spent = spent + #raw
            if is_of(raw, id, queue) then return { members[i], members[i + 1] } end
          end
          if #members < 2 * asked then return {} end
          has_looked, offset, most, part = true, offset + asked, most - asked, math.min(2 * part, 64)
        end
        return { offset }
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
