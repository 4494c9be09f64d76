import RESPClient

/// The scripts of the schedule. KEYS, at the end of those that they have: see ``RedisKeys/schedule``.
extension Scripts {
    static let readSchedule = RESPScript(readingSchedule)
    static let changeSchedule = RESPScript(changingSchedule)
    static let removeEntry = RESPScript(removingEntry)
    static let stand = RESPScript(prelude + messages + standing)
    static let claimStep = RESPScript(claimingStep)
    static let markStep = RESPScript(markingStep)
    static let step = RESPScript(prelude + messages + uniqueness + publishing + stepping)

    /// READ. ARGV: the name of an entry, or nothing for all. Returns the generation, names and entries in turn, names and
    /// state lines in turn: as of one instant.
    static let readingSchedule = #"""
        local generation = redis.call('GET', KEYS[3]) or '0'
        local name = ARGV[1]
        if not name then return { generation, redis.call('HGETALL', KEYS[1]), redis.call('HGETALL', KEYS[2]) } end
        local entry, line = redis.call('HGET', KEYS[1], name), redis.call('HGET', KEYS[2], name)
        if not entry then return { generation, {}, {} } end
        return { generation, { name, entry }, { name, line or '' } }
        """#

    /// CHANGE. ARGV: the generation as it was, and as it is to be; then for each entry its name, its state line as it was or
    /// "", as it is to be or "" = remove it, and the entry. All of it or, if the generation or a line is another one, nothing.
    ///
    /// Returns 1 if it was done.
    static let changingSchedule = #"""
        if (redis.call('GET', KEYS[3]) or '0') ~= ARGV[1] then return 0 end
        for at = 3, #ARGV, 4 do
          if (redis.call('HGET', KEYS[2], ARGV[at]) or '') ~= ARGV[at + 1] then return 0 end
        end
        for at = 3, #ARGV, 4 do
          local name, line, entry = ARGV[at], ARGV[at + 2], ARGV[at + 3]
          if line == '' then
            redis.call('HDEL', KEYS[1], name)
            redis.call('HDEL', KEYS[2], name)
          else
            redis.call('HSET', KEYS[1], name, entry)
            redis.call('HSET', KEYS[2], name, line)
          end
        end
        redis.call('SET', KEYS[3], ARGV[2])
        return 1
        """#

    /// REMOVE. ARGV: name. One that no program can read goes as well. Returns whether there was one.
    static let removingEntry = #"""
        redis.call('HDEL', KEYS[2], ARGV[1])
        if redis.call('HDEL', KEYS[1], ARGV[1]) == 0 then return 0 end
        redis.call('INCR', KEYS[3])
        return 1
        """#

    /// STAND. ARGV: digest of an entry, id of its last call.
    ///
    /// Returns 1 while that call waits, runs or waits for its next attempt, as of one instant. Whoever ends it deletes the key; a
    /// Python worker does not, so the message is looked up where it was put: held by its tag, delayed and ready by its bytes.
    /// Python gives messages back in other bytes, to the end of a list that is served first.
    static let standing = #"""
        local key, id = unique_stem .. ARGV[first], ARGV[first + 1]
        local nonce, queue, raw = string.match(redis.call('GET', key) or '', '^(%x+):([^\n]*)\n(.*)$')
        if not nonce or id_of(raw) ~= id then return 0 end
        local tag, _, _, priority = read(raw, queue)
        if redis.call('HEXISTS', unacked, tag) == 1 then return 1 end
        local before = redis.call('GET', key .. '.' .. nonce)
        if before and redis.call('ZSCORE', delayed_stem .. queue, before .. raw) then return 1 end
        local name = list(queue, step_of(priority))
        if redis.call('LPOS', name, raw) then return 1 end

        for _, other in ipairs({ name, list(queue, steps[1]) }) do
          for _, message in ipairs(redis.call('LRANGE', other, -1000, -1)) do
            if string.find(message, id, 1, true) and id_of(message) == id then return 1 end
          end
        end
        redis.call('DEL', key, key .. '.' .. nonce)
        return 0
        """#

    /// CLAIM. KEYS: the states of entries; the claim of this entry. ARGV: name; revision; the last tick as it was, or "-"; whether
    /// the step is one of ticks; the beat that claims; the time; for how long a claim stands. Times in microseconds.
    ///
    /// Returns 1 if the step is that beat's now. The claim is `revision last-tick time beat`.
    static let claimingStep = #"""
        local name, revision, before, of_ticks, beat, time, lease = unpack(ARGV)
        local line = redis.call('HGET', KEYS[1], name)
        if not line then return 0 end
        local current, paused, tick = string.match(line, '^(%S+) (%S+) %S+ ([^; ]*)')
        if current ~= revision then return 0 end
        if of_ticks == '0' then return 1 end
        if paused ~= '0' or tick ~= before then return 0 end
        local held, after, at, holder = string.match(redis.call('GET', KEYS[2]) or '', '^(%S+) (%S+) (%S+) (.*)$')
        if held == revision and after == before and holder ~= beat and math.abs(time - at) < tonumber(lease) then
          return 0
        end
        redis.call('SET', KEYS[2], table.concat({ revision, before, time, beat }, ' '), 'EX', 3600)
        return 1
        """#

    /// MARK. KEYS: the states of entries; the claim of this entry. ARGV: name; revision; the last tick as it was, or "-"; the last
    /// tick from now on with all that has been dealt with, or "" = they stay; the time; how many calls were published elsewhere; the
    /// last of them, or "-".
    ///
    /// Returns 1 if it was noted, 0 where the entry is not as the step has it.
    static let markingStep = #"""
        local name, revision, before, through, time, count, last = unpack(ARGV)
        local line = redis.call('HGET', KEYS[1], name)
        if not line then return 0 end
        local pattern = '^(%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (.*)$'
        local current, paused, seen, tick, runs, published, call = string.match(line, pattern)
        if current ~= revision then return 0 end
        if through == '' then
          through = tick
        elseif paused ~= '0' or string.match(tick, '^[^;]*') ~= before then
          return 0
        else
          redis.call('DEL', KEYS[2])
        end
        if count ~= '0' then
          runs, published, call = string.format('%.0f', runs + count), time, last
        end
        redis.call('HSET', KEYS[1], name, table.concat({ current, paused, seen, through, runs, published, call }, ' '))
        return 1
        """#

    /// STEP. ARGV, behind the heading: name; revision; the last tick as it was, or "-"; the last tick from now on with all that
    /// has been dealt with, or "" = they stay; the time; how many messages; then nine words for each, see `publish`. All or none of it.
    ///
    /// Returns nothing where the entry is not as the step has it, else what `publish` does.
    static let stepping = #"""
        local states = KEYS[#KEYS - 1]
        local name, revision, before, through, time = unpack(ARGV, first, first + 4)
        local line = redis.call('HGET', states, name)
        if not line then return nil end
        local pattern = '^(%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (.*)$'
        local current, paused, seen, tick, runs, published, call = string.match(line, pattern)
        if current ~= revision then return nil end
        if through == '' then
          through = tick
        elseif paused ~= '0' or string.match(tick, '^[^;]*') ~= before then
          return nil
        end

        local count, messages_at = tonumber(ARGV[first + 5]), first + 6
        local problem = hindrance(messages_at, count)
        if problem then return redis.error_reply(problem) end
        local _, refused = publish(messages_at, count)
        local is_refused = {}
        for i = 1, #refused, 2 do is_refused[refused[i]] = true end
        for i = 1, count do
          if not is_refused[i] then
            runs, published = whole(runs + 1), time
            local queue, raw = ARGV[messages_at + 9 * (i - 1)], ARGV[messages_at + 9 * (i - 1) + 2]
            call = id_of(raw) or '-'
            local digest, nonce = string.match(own_tag(raw), '~b(%x+)%.(%x+)')
            -- For as long as no entry but a yearly one waits for its next tick.
            if digest then
              redis.call('SET', unique_stem .. digest, nonce .. ':' .. queue .. '\n' .. raw, 'EX', 34560000)
            end
          end
        end
        redis.call('HSET', states, name, table.concat({ current, paused, seen, through, runs, published, call }, ' '))
        send_hints()
        return refused
        """#
}
