extension Scripts {
    /// CLAIM. ARGV: the lease in microseconds; how many at most; names of queues, those to be tried first in front.
    ///
    /// Gives back what has lapsed, moves what is due, takes from the lists and writes kombu's and our entries. A message
    /// without a tag, or that is no JSON, is parked. Messages leave their list last: an error in between loses none.
    ///
    /// Returns an array: the score of the claim; the server's time in microseconds; 1 if there are revocations; in how many
    /// microseconds it is worth asking again, or -1; how many were parked; then four items for each message: its text, its
    /// tag, the number of its queue (from 1), how often its lease lapsed.
    static let claiming = #"""
        local lease, limit = tonumber(ARGV[first]), tonumber(ARGV[first + 1])
        local taken, trims, tags = {}, {}, {}
        local parked = 0

        local function take(queue, number, step, raw)
          local tag, exchange, key = read(raw, queue)
          if not tag then
            bury(dead, dead_stem .. queue, dead_messages, nil, queue, 'it cannot be read: ' .. exchange,
              string.format('%.6f', now / 1000000), 0, raw)
            parked = parked + 1
            return
          end
          -- Kombu gives one tag to all copies that an exchange makes of a message.
          local name = tag
          if tags[tag] then name = tag .. '+' .. redis.call('INCR', sequence) end
          tags[name] = true
          taken[#taken + 1] = {
            raw = raw, tag = name, base = tag, number = number, queue = queue,
            tail = ',"' .. exchange .. '","' .. key .. '"\n]',
          }
        end

        for argument = first + 2, #ARGV do
          local queue = ARGV[argument]
          if #taken >= limit then break end
          restore_lapsed(queue, 100)
          promote(queue, 100)
          for _, step in ipairs(steps) do
            if #taken >= limit then break end
            local name = list(queue, step)
            local raws = redis.call('LRANGE', name, #taken - limit, -1)
            for i = #raws, 1, -1 do take(queue, argument - first - 1, step, raws[i]) end
            if #raws > 0 then trims[#trims + 1] = { name, #raws } end
          end
        end

        local answer = { '', whole(now), redis.call('EXISTS', revoked), -1, parked }

        if #taken > 0 then
          local score = next_score()
          answer[1] = score
          local scores = {}
          for i, message in ipairs(taken) do
            scores[2 * i - 1] = score
            scores[2 * i] = message.tag
          end
          local names = {}
          for i, message in ipairs(taken) do names[i] = message.tag end
          -- A tag that somebody holds already is left to them.
          for i, held in ipairs(redis.call('ZMSCORE', index, unpack(names))) do
            if held then
              taken[i].tag = taken[i].base .. '+' .. redis.call('INCR', sequence)
              scores[2 * i] = taken[i].tag
            end
          end
          local entries, leases = {}, {}
          for i, message in ipairs(taken) do
            entries[2 * i - 1] = message.tag
            entries[2 * i] = '[' .. message.raw .. message.tail
            local of_queue = leases[message.queue]
            if not of_queue then
              of_queue = {}
              leases[message.queue] = of_queue
            end
            -- A microsecond apart, so that their order is kept should they lapse.
            of_queue[#of_queue + 1] = whole(instant + lease + i - 1 - #taken)
            of_queue[#of_queue + 1] = message.tag
          end
          in_parts('HSET', unacked, entries)
          in_parts('ZADD', index, scores)
          for queue, words in pairs(leases) do
            in_parts('ZADD', leases_stem .. queue, words)
            redis.call('SADD', queues, queue)
          end
        end
        for _, trim in ipairs(trims) do redis.call('LTRIM', trim[1], 0, -1 - trim[2]) end

        if #taken > 0 then
          local counts = {}
          if redis.call('EXISTS', deliveries) == 1 then
            local names = {}
            for i, message in ipairs(taken) do names[i] = message.base end
            counts = redis.call('HMGET', deliveries, unpack(names))
          end
          for i, message in ipairs(taken) do
            free(message.tag, 's')
            local at = 5 + 4 * (i - 1)
            answer[at + 1] = message.raw
            answer[at + 2] = message.tag
            answer[at + 3] = message.number
            answer[at + 4] = tonumber(counts[i] and string.match(counts[i], '^%d+') or 0)
          end
        else
          local pause = -1
          local function sooner(micros)
            if pause < 0 or micros < pause then pause = math.max(0, micros) end
          end
          for argument = first + 2, #ARGV do
            local due = redis.call('ZRANGE', delayed_stem .. ARGV[argument], 0, 0, 'WITHSCORES')
            if due[2] then sooner(due[2] - now) end
            local lapse = redis.call('ZRANGE', leases_stem .. ARGV[argument], 0, 0, 'WITHSCORES')
            if lapse[2] then sooner(lapse[2] - instant) end
          end
          answer[4] = pause
        end
        send_hints()
        return answer
        """#
}
