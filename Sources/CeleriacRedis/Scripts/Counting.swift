extension Scripts {
    /// COUNT. ARGV: a queue.
    ///
    /// Returns: the time in microseconds; ready; delayed; leased by us; leased by others; dead; when the earliest delayed
    /// message that is due was due, or ""; the keys that hold another kind of value and count for nothing, and what they hold,
    /// in turn; then tags of what is ready, those that have waited longest among them.
    static let counting = #"""
        local queue = ARGV[first]
        local ready, tags = 0, {}
        for _, step in ipairs(steps) do
          local name = list(queue, step)
          if is_kind('list', name) then
            ready = ready + redis.call('LLEN', name)
            local next = redis.call('LINDEX', name, -1)
            local tag = next and read(next, queue)
            if tag then tags[#tags + 1] = tag end
          else
            note_misfit(name)
          end
        end
        local delayed, leases = delayed_stem .. queue, leases_stem .. queue
        demand('zset', delayed)
        demand('zset', dead_stem .. queue)
        local due = redis.call('ZCOUNT', delayed, '-inf', whole(now))
        local lapsed = read_set('ZRANGEBYSCORE', leases, '-inf', whole(instant))
        for _, tag in ipairs(lapsed) do tags[#tags + 1] = tag end
        local held = redis.call('ZCARD', leases)

        -- Python's: by the routing key at the end of their entries; of very many, as many as may be looked at.
        local others = 0
        if redis.call('HLEN', unacked) > held then
          local looked_at = 0
          for _, tag in ipairs(redis.call('HKEYS', unacked)) do
            if looked_at < 1000 and spent < share and not redis.call('ZSCORE', leases, tag) then
              looked_at = looked_at + 1
              local entry = redis.call('HGET', unacked, tag)
              spent = spent + #entry
              if string.match(string.sub(entry, -600), ', "([^"]*)"%]$') == queue then others = others + 1 end
            end
          end
        end

        local earliest = due > 0 and redis.call('ZRANGE', delayed, 0, 0, 'WITHSCORES')[2] or ''
        return {
          whole(now), ready + due + #lapsed, redis.call('ZCARD', delayed) - due, held - #lapsed, others,
          redis.call('ZCARD', dead_stem .. queue), earliest, misfits, unpack(tags, 1, math.min(#tags, 1000))
        }
        """#

    /// PURGE. ARGV: a queue; how many at most.
    ///
    /// Deletes what waits: ready, lapsed and delayed; nothing where a list of the queue holds another kind of value. Returns how
    /// many; fewer than asked for once it has read 16 MiB.
    static let purging = #"""
        local queue, most = ARGV[first], tonumber(ARGV[first + 1])
        local purged = 0
        for _, step in ipairs(steps) do
          local name = list(queue, step)
          if not is_kind('list', name) then return redis.error_reply(misfit_words(name, 'list of messages')) end
        end
        demand('zset', delayed_stem .. queue)
        restore_lapsed(queue, most)

        local function drop(raw)
          spent = spent + #raw
          local tag = read(raw, queue)
          if tag then
            free(tag, 'sd')
            redis.call('HDEL', deliveries, tag)
          end
          purged = purged + 1
        end

        -- Drops what `take` takes, a few messages at first, since nobody knows how large they are.
        local function drop_all(take)
          local part = 8
          while purged < most and spent < share do
            local asked = math.min(part, most - purged)
            local raws = take(asked)
            for _, raw in ipairs(raws) do drop(raw) end
            if #raws < asked then return end
            part = math.min(2 * part, 64)
          end
        end

        for _, step in ipairs(steps) do
          drop_all(function(count) return redis.call('RPOP', list(queue, step), count) or {} end)
        end
        drop_all(function(count)
          local raws, popped = {}, redis.call('ZPOPMIN', delayed_stem .. queue, count)
          for i = 1, #popped, 2 do raws[#raws + 1] = string.gsub(popped[i], '^%d+:%d+%^?:', '') end
          return raws
        end)
        return purged
        """#
}
