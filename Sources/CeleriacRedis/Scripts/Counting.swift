extension Scripts {
    /// COUNT. ARGV: a queue.
    ///
    /// Returns: the time in microseconds; ready; delayed; leased by us; leased by others; dead; when the earliest delayed
    /// message that is due was due, or ""; then tags of what is ready, those that have waited longest among them.
    static let counting = #"""
        local queue = ARGV[first]
        local ready, tags = 0, {}
        for _, step in ipairs(steps) do
          local name = list(queue, step)
          ready = ready + redis.call('LLEN', name)
          local next = redis.call('LINDEX', name, -1)
          local tag = next and read(next, queue)
          if tag then tags[#tags + 1] = tag end
        end
        local delayed, leases = delayed_stem .. queue, leases_stem .. queue
        local due = redis.call('ZCOUNT', delayed, '-inf', whole(now))
        local lapsed = redis.call('ZRANGEBYSCORE', leases, '-inf', whole(instant))
        for _, tag in ipairs(lapsed) do tags[#tags + 1] = tag end
        local held = redis.call('ZCARD', leases)

        -- Python's: by the routing key at the end of their entries; of very many, as many as may be looked at.
        local others = 0
        if redis.call('HLEN', unacked) > held then
          local looked_at = 0
          for _, tag in ipairs(redis.call('HKEYS', unacked)) do
            if looked_at < 1000 and not redis.call('ZSCORE', leases, tag) then
              looked_at = looked_at + 1
              local entry = redis.call('HGET', unacked, tag)
              if string.match(entry, ', "([^"]*)"%]$') == queue then others = others + 1 end
            end
          end
        end

        local earliest = due > 0 and redis.call('ZRANGE', delayed, 0, 0, 'WITHSCORES')[2] or ''
        return {
          whole(now), ready + due + #lapsed, redis.call('ZCARD', delayed) - due, held - #lapsed, others,
          redis.call('ZCARD', dead_stem .. queue), earliest, unpack(tags, 1, math.min(#tags, 1000))
        }
        """#

    /// PURGE. ARGV: a queue; how many at most.
    ///
    /// Deletes what waits: ready, lapsed and delayed. Returns how many.
    static let purging = #"""
        local queue, most = ARGV[first], tonumber(ARGV[first + 1])
        local purged = 0
        restore_lapsed(queue, most)

        local function drop(raw)
          local tag = read(raw, queue)
          if tag then
            free(tag, 'sd')
            redis.call('HDEL', deliveries, tag)
          end
          purged = purged + 1
        end

        for _, step in ipairs(steps) do
          if purged < most then
            for _, raw in ipairs(redis.call('RPOP', list(queue, step), most - purged) or {}) do drop(raw) end
          end
        end
        if purged < most then
          local delayed = redis.call('ZPOPMIN', delayed_stem .. queue, most - purged)
          for i = 1, #delayed, 2 do drop((string.gsub(delayed[i], '^%d+:%d+%^?:', ''))) end
        end
        return purged
        """#
}
