extension RQScripts {
    /// How jobs get a place under a rate limit. Source: RQ 3.0.0, `rate_limit.py`.
    static let rateLimiting = #"""
        local function push(queue, id, at_front)
          redis.call('SADD', queues, queue_stem .. queue)
          redis.call(at_front and 'LPUSH' or 'RPUSH', queue_stem .. queue, id)
        end

        -- Back into its queue, whatever limits it stands under; it may wait there as long as a new one.
        local function push_again(queue, id, at_front)
          local job = job_stem .. id
          redis.call('HSET', job, 'status', 'queued', 'enqueued_at', date(now))
          push(queue, id, at_front)
          local ttl = number(redis.call('HGET', job, 'ttl'))
          if ttl > 0 then redis.call('EXPIRE', job, math.ceil(ttl)) end
        end

        -- Lets in as many as there are free places.
        local function fill(limit)
          local concurrency = number(redis.call('HGET', limit_stem .. limit, 'concurrency'))
          local allowed, waiting = limit_stem .. limit .. ':allowed', limit_stem .. limit .. ':rate_limited'
          while redis.call('ZCARD', allowed) < concurrency do
            local id = redis.call('ZPOPMIN', waiting)[1]
            if not id then return end
            local job = redis.call('HMGET', job_stem .. id, 'origin', 'status', 'enqueue_at_front')
            if job[1] and job[2] == 'rate_limited' then
              redis.call('ZADD', allowed, whole_seconds(now), id)
              redis.call('HSET', job_stem .. id, 'status', 'queued', 'enqueued_at', date(now))
              push(job[1], id, job[3] == '1')
            end
          end
        end

        -- Gives a job's place to the next one.
        local function leave_limit(limit, id)
          redis.call('ZREM', limit_stem .. limit .. ':allowed', id)
          redis.call('ZREM', limit_stem .. limit .. ':rate_limited', id)
          fill(limit)
        end

        """#

    /// How a job whose hash is written gets into its queue.
    static let entering = #"""
        -- Into its queue or, where it has no place under its rate limit yet, among those that wait for one. `limit` and
        -- `concurrency`: as in the hash, or false.
        local function enter(queue, id, at_front, limit, concurrency)
          local job = job_stem .. id
          if limit and not redis.call('ZSCORE', limit_stem .. limit .. ':allowed', id) then
            redis.call('SADD', prefix .. ':rl-keys', limit)
            if concurrency then redis.call('HSET', limit_stem .. limit, 'concurrency', concurrency) end
            redis.call('SADD', queues, queue_stem .. queue)
            redis.call('HSET', job, 'status', 'rate_limited')
            redis.call('ZADD', limit_stem .. limit .. ':rate_limited', whole_seconds(now), id)
            fill(limit)
          else
            redis.call('HSET', job, 'status', 'queued', 'enqueued_at', date(now))
            push(queue, id, at_front)
          end
        end

        -- The same for a job that was in Redis already: what is needed stands in its hash, and where it goes unless that is
        -- said (RQ's `should_enqueue_at_front`). Says whether there is one.
        local function enter_known(queue, id, at_front)
          local job = job_stem .. id
          if redis.call('HEXISTS', job, 'data') == 0 then return false end
          local known = redis.call('HMGET', job, 'ttl', 'rate_limit_key', 'rate_limit_concurrency', 'enqueue_at_front',
            'enqueue_at_front_on_retry', 'ended_at')
          if at_front == nil then
            at_front = known[4] == '1' or (known[5] == '1' and (known[6] or '') ~= '')
          end
          enter(queue, id, at_front, known[2], known[3])
          if number(known[1]) > 0 then redis.call('EXPIRE', job, math.ceil(number(known[1]))) end
          return true
        end

        """#

    /// `enqueue(at, count)`: takes jobs whose words begin at ARGV[at]; returns where the next words are. Those that were not
    /// taken stand in `refused`: position (from 1) and the id that is in their way.
    ///
    /// The words of a job: id, queue; where to: `b` (back of the queue), `f` (front), or when it is due, in seconds; what if
    /// the id exists: `o` (is overwritten, as RQ does), `u` (not taken, as `unique=True`), `t` (not taken unless that job has
    /// ended); digest of a unique key or "", and `s` (held until start) or `d` (until done); for how many seconds it may
    /// wait or "", group or ""; rate limit and its concurrency, or "" twice; how many jobs it waits for, their ids; how many
    /// words of fields, the fields.
    static let enqueueing = #"""
        local refused = {}
        local has_ended = { finished = true, failed = true, stopped = true, canceled = true }

        local function holder_of(digest)
          local value = redis.call('GET', own_stem .. 'unique:' .. digest)
          if not value then return nil end
          local id = string.sub(value, 3)
          local status = redis.call('HGET', job_stem .. id, 'status')
          if not status or has_ended[status] then return nil end
          if string.sub(value, 1, 1) == 's' and status == 'started' then return nil end
          return id
        end

        -- Who is in the way of a job, if anybody.
        local function obstacle(id, policy, digest)
          if policy ~= 'o' then
            local job = redis.call('HMGET', job_stem .. id, 'data', 'status')
            if job[1] and (policy == 'u' or not has_ended[job[2] or '']) then return id end
          end
          if digest ~= '' then return holder_of(digest) end
        end

        -- What an ended job of the same id has left, or a record without a job; but for its results.
        local function clear(id)
          -- Nearly always the id is new.
          if redis.call('EXISTS', job_stem .. id) == 0 then return end
          local job = redis.call('HMGET', job_stem .. id, 'data', 'status', 'origin')
          if job[1] and not has_ended[job[2] or ''] then return end
          for _, stem in ipairs({ finished_stem, failed_stem, canceled_stem }) do
            redis.call('ZREM', stem .. (job[3] or ''), id)
          end
          redis.call('DEL', job_stem .. id)
        end

        -- Whether everything that a job waits for has finished, or failed where that will do. What is gone counts as finished.
        local function are_met(id, from, count)
          local allows_failure = redis.call('HGET', job_stem .. id, 'allow_dependency_failures') == '1'
          for i = from, from + count - 1 do
            local status = redis.call('HGET', job_stem .. ARGV[i], 'status')
            if status and status ~= 'finished' and not (status == 'failed' and allows_failure) then return false end
          end
          return true
        end

        local function defer(queue, id, ttl, from, count)
          redis.call('SADD', queues, queue_stem .. queue)
          redis.call('HDEL', job_stem .. id, 'enqueued_at')
          redis.call('HSET', job_stem .. id, 'status', 'deferred')
          redis.call('ZADD', deferred_stem .. queue, whole_seconds(now), id)
          if ttl ~= '' then redis.call('EXPIRE', job_stem .. id, ttl) end
          for i = from, from + count - 1 do
            redis.call('SADD', job_stem .. ARGV[i] .. ':dependents', id)
            redis.call('SADD', dependencies_stem .. id .. ':dependencies', ARGV[i])
          end
        end

        -- What keeps jobs from being put where ARGV says, see `enqueue`; nil if nothing does. To be asked before anything is
        -- written.
        local function hindrance(at, count)
          for _ = 1, count do
            local queue, place = ARGV[at + 1], ARGV[at + 2]
            local is_due_later = place ~= 'b' and place ~= 'f'
            local kind, key = 'list', queue_stem .. queue
            if is_due_later then kind, key = 'zset', scheduled_stem .. queue end
            if not is_kind(kind, key) then return misfit_words(key, is_due_later and 'registry' or 'list of jobs') end
            local fields = at + 12 + tonumber(ARGV[at + 10])
            at = fields + tonumber(ARGV[fields - 1])
          end
          return nil
        end

        local function enqueue(at, count)
          for position = 1, count do
            local id, queue, place, policy, digest, span, ttl, group, limit, concurrency =
              unpack(ARGV, at, at + 9)
            local parents = tonumber(ARGV[at + 10])
            local fields = at + 12 + parents
            local next_job = fields + tonumber(ARGV[fields - 1])
            local blocker = obstacle(id, policy, digest)
            if blocker then
              refused[#refused + 1] = position
              refused[#refused + 1] = blocker
            else
              if policy == 't' then clear(id) end
              local job = job_stem .. id
              redis.call('HSET', job, unpack(ARGV, fields, next_job - 1))
              if digest ~= '' then redis.call('SET', own_stem .. 'unique:' .. digest, span .. ':' .. id) end
              if group ~= '' then
                redis.call('SADD', prefix .. ':groups', group)
                redis.call('SADD', prefix .. ':group:' .. group, id)
              end
              if parents > 0 and not are_met(id, at + 11, parents) then
                defer(queue, id, ttl, at + 11, parents)
              elseif place ~= 'b' and place ~= 'f' then
                redis.call('SADD', queues, queue_stem .. queue)
                redis.call('HSET', job, 'status', 'scheduled')
                redis.call('ZADD', scheduled_stem .. queue, place, id)
              elseif limit ~= '' then
                enter(queue, id, place == 'f', limit, concurrency ~= '' and concurrency)
              else
                push(queue, id, place == 'f')
                if ttl ~= '' then redis.call('EXPIRE', job, ttl) end
              end
              tell(id)
            end
            at = next_job
          end
          return at
        end

        """#

    /// ENQUEUE. ARGV: how many jobs; the words of each, see ``enqueueing``.
    ///
    /// Each whole or not at all. Returns, for those that were not taken, position (from 1) and the id that is in the way.
    static let enqueueingAlone = #"""
        local problem = hindrance(first + 1, tonumber(ARGV[first]))
        if problem then return redis.error_reply(problem) end
        enqueue(first + 1, tonumber(ARGV[first]))
        return refused
        """#
}
