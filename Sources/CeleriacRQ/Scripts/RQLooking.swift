extension RQScripts {
    /// COUNT. ARGV: a queue.
    ///
    /// Returns: the time in microseconds; ready; delayed, those that wait for other jobs or for a place under a rate limit
    /// included; leased; failed; dates at which ready jobs came into the queue, of the first and the last hundred; seconds at
    /// which the first scheduled job was due, or "".
    static let counting = #"""
        local queue = ARGV[first]
        local list, scheduled, wip = queue_stem .. queue, scheduled_stem .. queue, wip_stem .. queue
        local due = redis.call('ZCOUNT', scheduled, '-inf', seconds(now))
        local lapsed = redis.call('ZCOUNT', wip, '-inf', seconds(instant))
        local waiting = redis.call('ZCARD', deferred_stem .. queue) + redis.call('ZCARD', prefix .. ':ready:' .. queue)
        local dates, seen = {}, {}
        for _, range in ipairs({ { 0, 99 }, { -100, -1 } }) do
          for _, id in ipairs(redis.call('LRANGE', list, range[1], range[2])) do
            if not seen[id] then
              seen[id] = true
              dates[#dates + 1] = redis.call('HGET', job_stem .. id, 'enqueued_at') or ''
            end
          end
        end
        local head = redis.call('ZRANGE', scheduled, 0, 0, 'WITHSCORES')[2]
        return {
          string.format('%.0f', now), redis.call('LLEN', list) + due + lapsed,
          redis.call('ZCARD', scheduled) - due + waiting, redis.call('ZCARD', wip) - lapsed,
          redis.call('ZCARD', failed_stem .. queue), dates, due > 0 and head or '',
        }
        """#

    /// How a job is deleted, as `job.delete()` of RQ does it.
    static let removal = #"""
        local function delete_job(id)
          local job = job_stem .. id
          local held = redis.call('HMGET', job, 'celeriac_unique', 'rate_limit_key', 'group_id')
          free_unique(id, held[1])
          redis.call('DEL', job, job .. ':dependents', dependencies_stem .. id .. ':dependencies', results_stem .. id,
            executions_stem .. id)
          if held[2] then leave_limit(held[2], id) end
          if held[3] and held[3] ~= '' then redis.call('SREM', prefix .. ':group:' .. held[3], id) end
          tell(id)
        end

        -- Takes a job that waits out of whatever it waits in; says whether it did.
        local function take_out(id, queue)
          return redis.call('LREM', queue_stem .. queue, 1, id) + redis.call('ZREM', scheduled_stem .. queue, id)
            + redis.call('ZREM', deferred_stem .. queue, id) + redis.call('ZREM', prefix .. ':ready:' .. queue, id) > 0
        end

        """#

    /// PURGE. ARGV: a queue; most jobs to delete. Deletes what waits; returns how many jobs that were.
    static let purging = #"""
        local queue, most, purged = ARGV[first], tonumber(ARGV[first + 1]), 0
        while purged < most do
          local id = redis.call('LPOP', queue_stem .. queue)
          if not id then break end
          delete_job(id)
          purged = purged + 1
        end
        for _, stem in ipairs({ scheduled_stem, deferred_stem }) do
          while purged < most do
            local id = redis.call('ZPOPMIN', stem .. queue)[1]
            if not id then break end
            delete_job(id)
            purged = purged + 1
          end
        end
        return purged
        """#

    /// REMOVE. ARGV: a job. Deletes it if it waits; returns 1 if it did.
    static let removing = #"""
        local id = ARGV[first]
        local job = redis.call('HMGET', job_stem .. id, 'origin', 'status', 'rate_limit_key')
        if not job[1] then return 0 end
        local waited = take_out(id, job[1]) or job[2] == 'rate_limited'
        if not waited then return 0 end
        delete_job(id)
        return 1
        """#

    /// FORGET. ARGV: a job. Deletes a job that has ended, and all its results; of another one the results alone.
    static let forgetting = #"""
        local id = ARGV[first]
        local job = redis.call('HMGET', job_stem .. id, 'status', 'origin', 'data')
        local is_over = { finished = true, failed = true, stopped = true, canceled = true }
        if job[1] and job[3] and not is_over[job[1]] then
          redis.call('HDEL', job_stem .. id, 'celeriac_record')
          redis.call('DEL', results_stem .. id)
          tell(id)
        else
          for _, stem in ipairs({ finished_stem, failed_stem, canceled_stem }) do
            redis.call('ZREM', stem .. (job[2] or ''), id)
          end
          delete_job(id)
        end
        """#

    /// REQUEUE. ARGV: 1 = to the front; for each job of the failed registry: queue, id, `celeriac` field or "".
    ///
    /// As RQ's `requeue` (RQ 3.0.0, `registry.py`): `retries_left` stays as it is. Returns the positions (from 1) of those that
    /// were there.
    static let requeueing = #"""
        local requeued, at_front = {}, ARGV[first] == '1'
        for i = first + 1, #ARGV, 3 do
          local queue, id, own = ARGV[i], ARGV[i + 1], ARGV[i + 2]
          local job = job_stem .. id
          if redis.call('ZREM', failed_stem .. queue, id) == 1 and redis.call('HEXISTS', job, 'data') == 1 then
            redis.call('PERSIST', job)
            redis.call('HDEL', job, 'celeriac_record', 'celeriac_deliveries', 'celeriac_reason', 'celeriac_retries')
            redis.call('HSET', job, 'started_at', '', 'ended_at', '')
            if own ~= '' then redis.call('HSET', job, 'celeriac', own) end
            -- Where it has to wait for a place, that is where it then goes.
            if redis.call('HEXISTS', job, 'rate_limit_key') == 1 then
              redis.call('HSET', job, 'enqueue_at_front', at_front and 1 or 0)
            end
            enter_known(queue, id, at_front)
            tell(id)
            requeued[#requeued + 1] = (i - first - 1) / 3 + 1
          end
        end
        return requeued
        """#

    /// DELETE FAILED. ARGV: for each: queue, id. Returns the positions (from 1) of those that were in the failed registry.
    static let deletingFailed = #"""
        local deleted = {}
        for i = first, #ARGV, 2 do
          if redis.call('ZREM', failed_stem .. ARGV[i], ARGV[i + 1]) == 1 then
            delete_job(ARGV[i + 1])
            deleted[#deleted + 1] = (i - first) / 2 + 1
          end
        end
        return deleted
        """#
}
