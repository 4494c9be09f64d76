extension RQScripts {
    /// How scheduled jobs that are due come into their queues, under RQ's own lock: whoever holds it is the queue's only
    /// scheduler, be it ours or Python's. Source: RQ 3.0.0, `scheduler.py`.
    static let scheduling = #"""
        -- Whether the lock of a queue is ours; takes it if it is free. Like RQ's it lasts for 61 seconds.
        local function may_schedule(queue)
          if scheduler == '' then return false end
          local lock = prefix .. ':scheduler-lock:' .. queue
          local holder = redis.call('GET', lock)
          if holder and holder ~= scheduler then return false end
          redis.call('SET', lock, scheduler, 'EX', 61)
          return true
        end

        -- Moves what is due, the earliest first; returns how many came into the queue.
        local function promote(queue, most)
          local scheduled = scheduled_stem .. queue
          local due = read_set('ZRANGEBYSCORE', scheduled, '-inf', seconds(now), 'LIMIT', 0, most)
          if #due == 0 or not is_kind('list', queue_stem .. queue) or not may_schedule(queue) then return 0 end
          local moved = 0
          for _, id in ipairs(due) do
            redis.call('ZREM', scheduled, id)
            local is_done, result = pcall(enter_known, queue, id)
            if not is_done then give_up(queue, id, result) elseif result then moved = moved + 1 end
          end
          return moved
        end

        -- How many microseconds are left until a queue's next scheduled job is due; nil if there is none.
        local function until_due(queue)
          local score = read_set('ZRANGE', scheduled_stem .. queue, 0, 0, 'WITHSCORES')[2]
          return score and math.max(0, tonumber(score) * 1000000 - now)
        end

        """#

    /// SCHEDULE. ARGV: fields of the scheduler's hash (their number of words, and the words); queues.
    ///
    /// For each queue that has something scheduled the lock is taken or kept. Writes the scheduler's hash, which lasts for 61
    /// seconds. Returns how many jobs came into their queues, and in how many microseconds the next one is due, or -1.
    static let schedulingAlone = #"""
        local moved, pause, serves = 0, -1, false
        local fields = tonumber(ARGV[first])
        for i = first + 1 + fields, #ARGV do
          local queue = ARGV[i]
          local is_usable = redis.call('TYPE', scheduled_stem .. queue).ok == 'zset' and is_kind('list', queue_stem .. queue)
          if is_usable and may_schedule(queue) then
            serves = true
            moved = moved + promote(queue, 1000)
            local left = until_due(queue)
            if left and (pause < 0 or left < pause) then pause = left end
          end
        end
        if serves then
          local key = prefix .. ':scheduler:' .. scheduler
          redis.call('HSET', key, unpack(ARGV, first + 1, first + fields))
          redis.call('EXPIRE', key, 61)
        end
        return { moved, math.ceil(pause) }
        """#

    /// UNLOCK. ARGV: queues. Gives up our scheduler's locks, and its hash.
    static let unlocking = #"""
        for i = first, #ARGV do
          local lock = prefix .. ':scheduler-lock:' .. ARGV[i]
          if redis.call('GET', lock) == scheduler then redis.call('DEL', lock) end
        end
        redis.call('DEL', prefix .. ':scheduler:' .. scheduler)
        """#
}
