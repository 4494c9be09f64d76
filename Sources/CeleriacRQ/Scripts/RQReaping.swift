extension RQScripts {
    /// How jobs come back whose executions are over without an end: their worker is dead, or has lost touch.
    static let abandoning = #"""
        -- Calls `body` for each job of a queue whose lease has lapsed, the one claimed last first. Not while a peer does RQ's
        -- maintenance, which is no single step: both would decide about the same job.
        local function each_lapsed(queue, most, body)
          if redis.call('EXISTS', prefix .. ':clean_registries:' .. queue) == 1 then return 0 end
          if not is_kind('list', queue_stem .. queue) then return 0 end
          local lapsed = read_set('ZRANGEBYSCORE', wip_stem .. queue, '-inf', seconds(instant), 'LIMIT', 0, most)
          local count = 0
          for i = #lapsed, 1, -1 do
            local id, execution = parted(lapsed[i])
            redis.call('ZREM', wip_stem .. queue, lapsed[i])
            local is_done, problem = pcall(function()
              if not id then return end
              local worker = redis.call('HGET', execution_stem .. id .. ':' .. execution, 'worker_name') or ''
              forget_execution(queue, id, execution, worker)
              local job = redis.call('HMGET', job_stem .. id, 'status', 'data')
              if job[1] == 'started' and job[2] then
                count = count + 1
                body(id)
              end
            end)
            if not is_done then give_up(queue, id, problem) end
          end
          return count
        end

        -- The delivery stays counted; one of Python's, which does not count, becomes the first.
        local function requeue_lapsed(queue, most)
          return each_lapsed(queue, most, function(id)
            local job = job_stem .. id
            redis.call('HSETNX', job, 'celeriac_deliveries', 1)
            redis.call('HDEL', job, 'celeriac_record')
            push_again(queue, id, true)
            tell(id)
          end)
        end

        """#

    /// REAP. ARGV: `requeue` or `fail`; for how many seconds a failed job stays listed; `exc_string` of one that was
    /// abandoned; queues.
    ///
    /// With `fail` a job that has retries left is retried at once, and another one fails, as RQ has it (RQ 3.0.0,
    /// `registry.py`, `StartedJobRegistry.cleanup`). Returns how many came back, and how many failed.
    static let reaping = #"""
        local back, failed = 0, 0

        local function fail(queue, id)
          local job, ttl = job_stem .. id, ARGV[first + 1]
          local left = number(redis.call('HGET', job, 'retries_left'))
          if left > 0 then
            -- A larger number would be written as one that nobody reads.
            redis.call('HSET', job, 'retries_left', math.min(left, 1000000000) - 1)
            push_again(queue, id, redis.call('HGET', job, 'enqueue_at_front_on_retry') == '1')
            back = back + 1
            return
          end
          local own = redis.call('HMGET', job, 'failure_ttl', 'celeriac_unique', 'rate_limit_key')
          ttl = tonumber(own[1] or '') or ttl
          redis.call('HSET', job, 'status', 'failed')
          redis.call('XADD', results_stem .. id, 'MAXLEN', '~', 10, '*', 'type', 2, 'worker_name', '', 'exc_string',
            ARGV[first + 2])
          if tonumber(ttl) >= 0 then
            for _, key in ipairs({ job, job .. ':dependents', dependencies_stem .. id .. ':dependencies',
              results_stem .. id }) do
              redis.call('EXPIRE', key, ttl)
            end
          end
          redis.call('ZADD', failed_stem .. queue,
            tonumber(ttl) < 0 and '+inf' or string.format('%.0f', math.floor(now / 1000000) + ttl), id)
          free_unique(id, own[2])
          release_dependents(id, 'failed')
          if own[3] then leave_limit(own[3], id) end
          tell(id)
          failed = failed + 1
        end

        for i = first + 3, #ARGV do
          local queue = ARGV[i]
          if ARGV[first] == 'requeue' then
            back = back + requeue_lapsed(queue, 1000)
          else
            each_lapsed(queue, 1000, function(id) fail(queue, id) end)
          end
        end
        return { back, failed }
        """#

    /// CLEAN. ARGV: for how many microseconds an id may lie in an intermediate list; a queue.
    ///
    /// RQ's maintenance under its own lock (RQ 3.0.0, `registry.py`, `clean_registries`; `maintenance.py`): forgets what is
    /// past its time in the registries, moves what is ready, lets in who waits for a place, forgets dead workers, and gives
    /// back ids that a dead worker has left in the intermediate list. RQ fails those; nothing of theirs has run.
    ///
    /// Returns -1 if a peer holds the lock, else how many ids came back.
    static let cleaning = #"""
        local patience, queue = tonumber(ARGV[first]), ARGV[first + 1]
        local lock = prefix .. ':clean_registries:' .. queue
        for _, key in ipairs({ finished_stem .. queue, failed_stem .. queue, prefix .. ':ready:' .. queue, wip_stem .. queue }) do
          if not is_kind('zset', key) then return redis.error_reply(misfit_words(key, 'registry')) end
        end
        for _, key in ipairs({ queue_stem .. queue, queue_stem .. queue .. ':intermediate' }) do
          if not is_kind('list', key) then return redis.error_reply(misfit_words(key, 'list of jobs')) end
        end
        if not redis.call('SET', lock, 1, 'NX', 'EX', 899) then return -1 end

        redis.call('ZREMRANGEBYSCORE', finished_stem .. queue, 0, whole_seconds(now))
        redis.call('ZREMRANGEBYSCORE', failed_stem .. queue, 0, whole_seconds(now))

        local ready = prefix .. ':ready:' .. queue
        for _, id in ipairs(redis.call('ZRANGE', ready, 0, 999)) do
          redis.call('ZREM', ready, id)
          if redis.call('HGET', job_stem .. id, 'status') == 'ready_to_enqueue' then enter_known(queue, id) end
        end

        -- A place is held by a job that waits in its queue or runs, whatever has become of it meanwhile.
        local function holds_place(id)
          local status = redis.call('HGET', job_stem .. id, 'status')
          return status == 'queued' or status == 'started'
            or redis.call('ZCOUNT', executions_stem .. id, '(' .. seconds(instant), '+inf') > 0
        end

        for _, limit in ipairs(redis.call('SMEMBERS', prefix .. ':rl-keys')) do
          local allowed, waiting = limit_stem .. limit .. ':allowed', limit_stem .. limit .. ':rate_limited'
          for _, id in ipairs(redis.call('ZRANGE', allowed, 0, -1)) do
            if not holds_place(id) then redis.call('ZREM', allowed, id) end
          end
          fill(limit)
          if redis.call('EXISTS', allowed, waiting) == 0 then
            redis.call('SREM', prefix .. ':rl-keys', limit)
            redis.call('DEL', limit_stem .. limit)
          end
        end

        for _, key in ipairs(redis.call('SMEMBERS', prefix .. ':workers:' .. queue)) do
          if redis.call('EXISTS', key) == 0 then
            redis.call('SREM', prefix .. ':workers:' .. queue, key)
            redis.call('SREM', prefix .. ':workers', key)
          end
        end

        local is_held = {}
        for _, member in ipairs(redis.call('ZRANGE', wip_stem .. queue, 0, -1)) do
          is_held[parted(member) or ''] = true
        end
        local intermediate, back = queue_stem .. queue .. ':intermediate', 0
        for _, id in ipairs(redis.call('LRANGE', intermediate, 0, 999)) do
          local first_seen = intermediate .. ':first_seen:' .. id
          if redis.call('HEXISTS', job_stem .. id, 'data') == 0 then
            redis.call('LREM', intermediate, 1, id)
          elseif not is_held[id] and not redis.call('SET', first_seen, seconds(now), 'NX', 'EX', 86400)
            and now - number(redis.call('GET', first_seen)) * 1000000 > patience
          then
            redis.call('LREM', intermediate, 1, id)
            redis.call('DEL', first_seen)
            if redis.call('HGET', job_stem .. id, 'status') == 'queued' and enter_known(queue, id, true) then
              back = back + 1
            end
          end
        end
        redis.call('DEL', lock)
        return back
        """#

    /// CLEAN GROUPS. Forgets jobs of groups that are gone, and groups without jobs, once in ten minutes of all peers (RQ
    /// 3.0.0, `group.py`).
    static let cleaningGroups = #"""
        if not redis.call('SET', prefix .. ':clean_groups', 1, 'NX', 'EX', 599) then return 0 end
        local gone = 0
        for _, group in ipairs(redis.call('SMEMBERS', prefix .. ':groups')) do
          local key = prefix .. ':group:' .. group
          for _, id in ipairs(redis.call('SMEMBERS', key)) do
            if redis.call('EXISTS', job_stem .. id) == 0 then
              redis.call('SREM', key, id)
              gone = gone + 1
            end
          end
          if redis.call('EXISTS', key) == 0 then redis.call('SREM', prefix .. ':groups', group) end
        end
        return gone
        """#
}
