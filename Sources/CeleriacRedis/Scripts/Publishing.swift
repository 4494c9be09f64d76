extension Scripts {
    /// Puts messages into lists, or among the delayed.
    static let publishing = #"""
        -- What is delayed lies in the order of its due time, then of its number.
        local function delay(queue, priority, raw, due)
          local key = delayed_stem .. queue
          local number = redis.call('INCR', sequence)
          local member = string.format('%016.0f:%d:', number, priority) .. raw
          redis.call('ZADD', key, due, member)
          if redis.call('ZRANGE', key, 0, 0)[1] == member then hint(queue, nil) end
        end

        -- `due`: microseconds, or "" = at once. `end_served_first`: before its peers.
        local function put(queue, priority, raw, due, end_served_first)
          priority = tonumber(priority)
          if due ~= '' and tonumber(due) > now then return delay(queue, priority, raw, due) end
          local step = step_of(priority)
          redis.call(end_served_first and 'RPUSH' or 'LPUSH', list(queue, step), raw)
          hint(queue, step)
        end

        -- Publishes from ARGV, each: queue, priority, message, 1 = at the front, due or "", key of a unique claim or "", its
        -- value, for how many seconds it stands. Returns the next argument, and, with the position (from 1) of each message
        -- that was not taken, the id of the call that holds its key.
        local function publish(at, count)
          local refused = {}
          for i = 1, count do
            local queue, priority, raw, front, due, claim, holder, span = unpack(ARGV, at, at + 7)
            at = at + 8
            local is_free = claim == '' or redis.call('SET', unique_stem .. claim, holder, 'NX', 'EX', span)
            if is_free then
              put(queue, priority, raw, due, front == '1')
            else
              refused[#refused + 1] = i
              refused[#refused + 1] = string.match(redis.call('GET', unique_stem .. claim), '^%x*:(.*)$') or ''
            end
          end
          return at, refused
        end

        """#

    /// PUBLISH. ARGV: how many; then eight words for each, see `publish`. All or none of them.
    ///
    /// Returns the positions of those not taken, each followed by the id that holds its unique key.
    static let publication = #"""
        local count = tonumber(ARGV[first])
        -- A list of another type, or a queue's name that is a key of somebody else, must fail before anything is written.
        local seen = {}
        for i = 1, count do
          local at = first + 1 + 8 * (i - 1)
          local name = list(ARGV[at], step_of(tonumber(ARGV[at + 1])))
          if not seen[name] then
            seen[name] = true
            redis.call('LLEN', name)
          end
        end
        local _, refused = publish(first + 1, count)
        send_hints()
        return refused
        """#
}
