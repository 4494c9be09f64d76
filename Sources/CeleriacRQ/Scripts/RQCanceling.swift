extension RQScripts {
    /// CANCEL. ARGV: 1 to stop those that run, 2 if their worker knows already, 3 to let those go that wait for what is canceled,
    /// else 0; until when the revocations stand, in seconds; jobs. Returns how many waited.
    ///
    /// What waits is canceled as by `job.cancel()` (RQ 3.0.0, `job.py`); whoever runs one is told by RQ's command stop-job.
    /// That it was revoked is kept besides, for what comes back or comes later. A later date wins over an earlier one.
    static let canceling = #"""
        local mode, until_when, canceled = ARGV[first], ARGV[first + 1], 0
        local stops, tells = mode == '1' or mode == '2', mode == '1'
        local revoked, stopped = own_stem .. 'revoked', own_stem .. 'revoked.terminate'
        for _, key in ipairs({ revoked, stopped }) do redis.call('ZREMRANGEBYSCORE', key, '-inf', seconds(now)) end

        local waits = { queued = true, scheduled = true, deferred = true, rate_limited = true, ready_to_enqueue = true,
          created = true }

        local function cancel(id, queue, job)
          redis.call('LREM', queue_stem .. queue, 1, id)
          for _, stem in ipairs({ scheduled_stem, deferred_stem, prefix .. ':ready:' }) do
            redis.call('ZREM', stem .. queue, id)
          end
          free_unique(id, redis.call('HGET', job, 'celeriac_unique'))
          redis.call('HDEL', job, 'celeriac_unique', 'celeriac_record')
          redis.call('HSET', job, 'status', 'canceled')
          redis.call('ZADD', canceled_stem .. queue, whole_seconds(now), id)
          local limit = redis.call('HGET', job, 'rate_limit_key')
          if limit then leave_limit(limit, id) end
        end

        for i = first + 2, #ARGV do
          local id = ARGV[i]
          local job = job_stem .. id
          redis.call('ZADD', revoked, 'GT', until_when, id)
          if stops then redis.call('ZADD', stopped, 'GT', until_when, id) end
          local state = redis.call('HMGET', job, 'status', 'origin', 'worker_name')
          if waits[state[1] or ''] and state[2] then
            cancel(id, state[2], job)
            canceled = canceled + 1
            if mode == '3' then release_dependents(id, 'finished') end
          elseif state[1] == 'started' and tells and (state[3] or '') ~= '' then
            redis.call('PUBLISH', prefix .. ':pubsub:' .. state[3],
              '{"command": "stop-job", "job_id": ' .. cjson.encode(id) .. '}')
          end
          tell(id)
        end
        redis.call('PUBLISH', own_stem .. 'revoked', redis.call('INCR', own_stem .. 'revoked.generation'))
        return canceled
        """#

    /// RECORD. ARGV: for each change: id; state; RQ's status; the document, see ``RQStore/record(_:)``; for how many seconds it is
    /// kept or ""; how many words of fields, the fields; how many words of the results' entry, the entry.
    ///
    /// Written only where the state that is there yields, see `TaskState.yields(to:)`. Returns how many were.
    static let recording = #"""
        local final = { SUCCESS = 1, FAILURE = 2, REVOKED = 3 }
        local of_status = { finished = 'SUCCESS', failed = 'FAILURE', stopped = 'REVOKED', canceled = 'REVOKED' }
        local at, written = first, 0
        while at <= #ARGV do
          local id, state, status, document, ttl = unpack(ARGV, at, at + 4)
          local fields = at + 6
          local entry = fields + ARGV[at + 5] + 1
          local job = job_stem .. id
          local before = redis.call('HMGET', job, 'status', 'celeriac_expires', 'data')
          if before[2] and tonumber(before[2]) <= now then
            redis.call('DEL', job)
            before = {}
          end
          local rank = final[of_status[before[1] or ''] or '']
          if not rank or (final[state] and final[state] < rank) then
            written = written + 1
            redis.call('HDEL', job, 'celeriac_expires')
            redis.call('HSET', job, 'celeriac_record', document)
            if status ~= '' then redis.call('HSET', job, 'status', status) end
            if ARGV[at + 5] ~= '0' then redis.call('HSET', job, unpack(ARGV, fields, entry - 2)) end
            local size = tonumber(ARGV[entry - 1])
            if size > 0 then
              redis.call('XADD', results_stem .. id, 'MAXLEN', '~', 10, '*', unpack(ARGV, entry, entry + size - 1))
            end
            -- A job that has not ended is kept, however long it runs after this.
            if ttl == '' or before[3] and not final[state] then
              redis.call('PERSIST', job)
            elseif ARGV[1] ~= '' then
              redis.call('HSET', job, 'celeriac_expires', string.format('%.0f', now + ttl * 1000000))
            else
              redis.call('EXPIRE', job, ttl)
              redis.call('EXPIRE', results_stem .. id, ttl)
            end
            tell(id)
          end
          at = entry + tonumber(ARGV[entry - 1])
        end
        return written
        """#
}
