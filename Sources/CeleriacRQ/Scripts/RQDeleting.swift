extension RQScripts {
    /// How a job goes that may be anywhere. Source: RQ 3.0.0, `job.py` (`delete`).
    static let wholeRemoval = #"""
        -- Of one that runs the executions go too: its worker has lost it, and writes nothing more.
        local function leave_worker(id, queue)
          for _, execution in ipairs(redis.call('ZRANGE', executions_stem .. id, 0, -1)) do
            local worker = redis.call('HGET', execution_stem .. id .. ':' .. execution, 'worker_name') or ''
            forget_execution(queue, id, execution, worker)
          end
        end

        -- Says whether there was one. RQ leaves the dependents of dependents behind, which then wait for ever.
        local function delete_whole(id, with_dependents)
          local known = redis.call('HMGET', job_stem .. id, 'data', 'origin')
          if not known[1] then return 0 end
          local queue = known[2] or ''
          local dependents = with_dependents and redis.call('SMEMBERS', job_stem .. id .. ':dependents') or {}
          take_out(id, queue)
          for _, stem in ipairs({ finished_stem, failed_stem, canceled_stem }) do redis.call('ZREM', stem .. queue, id) end
          leave_worker(id, queue)
          delete_job(id)
          for _, child in ipairs(dependents) do delete_whole(child, true) end
          return 1
        end

        """#

    /// DELETE JOB. ARGV: a job; 1 = with those that wait for it. Returns 1 if there was one.
    static let deletingJob = #"""
        return delete_whole(ARGV[first], ARGV[first + 1] == '1')
        """#

    /// REMOVE LISTED. ARGV: word of the registry; a queue; a job; 1 = the job goes too. Returns 1 if it was listed.
    static let removingListed = #"""
        local id = ARGV[first + 2]
        local was_listed = redis.call('ZREM', prefix .. ':' .. ARGV[first] .. ':' .. ARGV[first + 1], id)
        if was_listed == 1 and ARGV[first + 3] == '1' then delete_whole(id, false) end
        return was_listed
        """#

    /// DELETE QUEUE. ARGV: a queue; 1 = what lies in it goes too. Source: RQ 3.0.0, `queue.py` (`delete`).
    static let deletingQueue = #"""
        local list = queue_stem .. ARGV[first]
        if ARGV[first + 1] == '1' then
          for _, id in ipairs(redis.call('LRANGE', list, 0, -1)) do delete_whole(id, false) end
        end
        redis.call('DEL', list)
        redis.call('SREM', queues, list)
        """#

    /// SAVE META. ARGV: a job; its metadata, serialised. Returns 1 if there is such a job.
    static let savingMeta = #"""
        local job = job_stem .. ARGV[first]
        if redis.call('HEXISTS', job, 'data') == 0 then return 0 end
        redis.call('HSET', job, 'meta', ARGV[first + 1])
        tell(ARGV[first])
        return 1
        """#
}
