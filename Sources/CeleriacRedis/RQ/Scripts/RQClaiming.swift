extension RQScripts {
    /// CLAIM. ARGV: name of the worker; length of the lease in microseconds; most jobs to claim; 1 if jobs whose lease has
    /// lapsed are to be requeued; 24 digits that no other claim has; queues, the first ones first.
    ///
    /// What is due and what has lapsed comes back first. Then jobs are taken off their lists and, in the same step, written
    /// down as RQ writes a job that runs: there is no moment at which a job is in neither place. An id without a job is
    /// dropped, as by RQ, and so is one that was canceled.
    ///
    /// Returns: the time in microseconds; in how many microseconds it is worth asking again, or -1; 1 if workers are
    /// suspended, and then nothing was done; for each job position of its queue (from 1), id, execution, 1 if it was revoked,
    /// and the hash.
    static let claiming = #"""
        local worker, lease, most = ARGV[first], tonumber(ARGV[first + 1]), tonumber(ARGV[first + 2])
        local requeues, nonce = ARGV[first + 3] == '1', ARGV[first + 4]
        local answer = { string.format('%.0f', now), -1, 0 }
        if redis.call('EXISTS', prefix .. ':suspended') == 1 then
          answer[3] = 1
          return answer
        end

        local created, expires = seconds(now), seconds(instant + lease)
        local ttl = math.ceil(lease / 1000000) + 60
        local started_at = date(now)
        local of_worker = worker_stem .. worker .. ':executions'
        local has_revocations = redis.call('EXISTS', own_stem .. 'revoked') == 1
        local taken = 0

        local function is_revoked(id)
          local until_when = has_revocations and redis.call('ZSCORE', own_stem .. 'revoked', id)
          return until_when and tonumber(until_when) * 1000000 > now and 1 or 0
        end

        local function start(queue, id, execution)
          local job, member = job_stem .. id, id .. ':' .. execution
          local key = execution_stem .. id .. ':' .. execution
          redis.call('HSET', key, 'id', execution, 'job_id', id, 'created_at', created, 'last_heartbeat', created,
            'worker_name', worker)
          redis.call('EXPIRE', key, ttl)
          redis.call('ZADD', executions_stem .. id, seconds(instant + lease + 60000000), execution)
          redis.call('EXPIRE', executions_stem .. id, ttl + 60)
          redis.call('ZADD', wip_stem .. queue, expires, member)
          redis.call('SADD', of_worker, member)
          redis.call('HSET', job, 'last_heartbeat', started_at, 'status', 'started', 'started_at', started_at,
            'worker_name', worker)
          redis.call('HINCRBY', job, 'celeriac_deliveries', 1)
          redis.call('PERSIST', job)
        end

        local function take(position, queue, id)
          local hash = redis.call('HGETALL', job_stem .. id)
          local has_data, status = false, nil
          for i = 1, #hash, 2 do
            if hash[i] == 'data' then has_data = true elseif hash[i] == 'status' then status = hash[i + 1] end
          end
          if not has_data or status == 'canceled' then return end
          taken = taken + 1
          local execution = nonce .. string.format('%08x', taken)
          start(queue, id, execution)
          answer[#answer + 1] = position
          answer[#answer + 1] = id
          answer[#answer + 1] = execution
          answer[#answer + 1] = is_revoked(id)
          answer[#answer + 1] = hash
        end

        for i = first + 5, #ARGV do
          local queue = ARGV[i]
          if taken == most then break end
          promote(queue, 100)
          if requeues then requeue_lapsed(queue, 100) end
          while taken < most do
            local ids = redis.call('LPOP', queue_stem .. queue, most - taken)
            if not ids then break end
            for _, id in ipairs(ids) do
              local is_done, problem = pcall(take, i - first - 4, queue, id)
              if not is_done then give_up(queue, id, problem) end
            end
          end
        end

        if taken > 0 then
          redis.call('EXPIRE', of_worker, ttl + 60)
          if redis.call('EXISTS', worker_stem .. worker) == 1 then
            redis.call('HSET', worker_stem .. worker, 'state', 'busy')
          end
        else
          local pause = -1
          for i = first + 5, #ARGV do
            local lapse = redis.call('ZRANGE', wip_stem .. ARGV[i], 0, 0, 'WITHSCORES')[2]
            for _, left in pairs({ until_due(ARGV[i]), lapse and tonumber(lapse) * 1000000 - instant }) do
              -- What is over already is for a peer to see to, and no reason to ask again at once.
              if left > 0 and (pause < 0 or left < pause) then pause = left end
            end
          end
          answer[2] = math.ceil(pause)
        end
        return answer
        """#

    /// RENEW. ARGV: length of the lease in microseconds; then queue, job, execution and worker of each.
    ///
    /// Refreshes all that RQ's maintenance looks at. Returns the positions (from 1) of those that are lost.
    static let renewing = #"""
        local lease = tonumber(ARGV[first])
        local ttl = math.ceil(lease / 1000000) + 60
        local heartbeat, lost = date(now), {}
        for i = first + 1, #ARGV, 4 do
          local queue, id, execution, worker = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
          local member = id .. ':' .. execution
          local function renew()
            redis.call('ZADD', wip_stem .. queue, seconds(instant + lease), member)
            local key = execution_stem .. id .. ':' .. execution
            redis.call('HSET', key, 'last_heartbeat', seconds(now))
            redis.call('EXPIRE', key, ttl)
            redis.call('ZADD', executions_stem .. id, seconds(instant + lease + 60000000), execution)
            redis.call('EXPIRE', executions_stem .. id, ttl + 60)
            redis.call('HSET', job_stem .. id, 'last_heartbeat', heartbeat)
            redis.call('EXPIRE', worker_stem .. worker .. ':executions', ttl + 60)
          end
          -- A job that somebody has damaged keeps nobody else from being renewed.
          if not (redis.call('ZSCORE', wip_stem .. queue, member) and pcall(renew)) then
            lost[#lost + 1] = (i - first - 1) / 4 + 1
          end
        end
        return lost
        """#
}
