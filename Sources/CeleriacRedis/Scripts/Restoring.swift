extension Scripts {
    /// How what was held comes back, and how what was delayed becomes ready.
    static let restoring = #"""
        local function forget(tag)
          redis.call('ZREM', index, tag)
          redis.call('HDEL', unacked, tag)
          redis.call('HDEL', renewed, tag)
        end

        local function count_lapse(tag)
          tag = string.gsub(tag, '%+%d+$', '')
          local count = string.match(redis.call('HGET', deliveries, tag) or '', '^%d+') or 0
          redis.call('HSET', deliveries, tag, (count + 1) .. ' ' .. whole(now / 1000000))
        end

        -- Gives back what we hold in a queue under leases that are over: to the end that is served next, the one claimed
        -- first at the very end. An entry that is not ours any more only loses its lease. Returns how many came back.
        local function restore_lapsed(queue, most)
          local leases = leases_stem .. queue
          local lapsed = redis.call('ZRANGEBYSCORE', leases, '-inf', whole(instant), 'LIMIT', 0, most)
          local restored = 0
          for i = #lapsed, 1, -1 do
            local tag = lapsed[i]
            local raw = own_entry(redis.call('HGET', unacked, tag))
            if raw then
              local step = step_of_message(raw, queue)
              redis.call('RPUSH', list(queue, step), raw)
              hint(queue, step)
              forget(tag)
              count_lapse(tag)
              restored = restored + 1
            end
            redis.call('ZREM', leases, tag)
          end
          return restored
        end

        -- Moves delayed messages whose time has come to their lists, behind what waits there; those that are
        -- to be at the front, before it.
        local function promote(queue, most)
          local delayed = delayed_stem .. queue
          local due = redis.call('ZRANGEBYSCORE', delayed, '-inf', whole(now), 'LIMIT', 0, most)
          for _, member in ipairs(due) do
            local _, colon, priority, front = string.find(member, '^%d+:(%d+)(%^?):')
            if colon then
              local step = step_of(tonumber(priority))
              redis.call(front == '^' and 'RPUSH' or 'LPUSH', list(queue, step), string.sub(member, colon + 1))
              hint(queue, step)
            end
          end
          if #due > 0 then redis.call('ZREMRANGEBYRANK', delayed, 0, #due - 1) end
        end

        """#
}
