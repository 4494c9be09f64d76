extension Scripts {
    /// SETTLE. ARGV: how many; for each queue, tag and score of the claim; then, for each again:
    ///
    /// - `a` (done), or `r`, due or "" (given back), or `t`, priority, message, due or "" (replaced), or `d`, id, reason
    ///   (parked);
    /// - 0, or 1 and the result: key, state, document, milliseconds or "";
    /// - how many messages come next, and eight words for each, see `publish`;
    /// - before all that the number of its words, so that one whose lease was lost is stepped over.
    ///
    /// Each whole or, if its lease was lost, not at all. Returns the positions (from 1) of the lost ones.
    static let settling = #"""
        local count = tonumber(ARGV[first])
        local leases = fenced(first + 1, count)
        local at = first + 1 + 3 * count
        local lost, gone, of_queue, were_renewed = {}, {}, {}, {}

        local function forget_deliveries(tag)
          redis.call('HDEL', deliveries, (string.gsub(tag, '%+%d+$', '')))
        end

        local function end_lease(lease)
          local verb = ARGV[at]
          if verb == 'a' then
            at = at + 1
            free(lease.tag, 'sd')
          elseif verb == 'r' then
            local raw = own_entry(redis.call('HGET', unacked, lease.tag))
            if raw then
              local _, _, _, priority = read(raw, lease.queue)
              put(lease.queue, priority or 0, raw, ARGV[at + 1], true)
            end
            at = at + 2
          elseif verb == 't' then
            put(lease.queue, ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], false)
            at = at + 4
          else
            local raw = own_entry(redis.call('HGET', unacked, lease.tag))
            local lapses = string.match(redis.call('HGET', deliveries, lease.tag) or '', '^%d+') or 0
            if raw then
              bury(dead, dead_stem .. lease.queue, dead_messages, ARGV[at + 1], lease.queue, ARGV[at + 2],
                string.format('%.6f', now / 1000000), lapses + 1, raw)
            end
            free(lease.tag, 'sd')
            at = at + 3
          end
          return verb
        end

        local has_deliveries = redis.call('EXISTS', deliveries) == 1
        local has_renewed = redis.call('EXISTS', renewed) == 1
        for i, lease in ipairs(leases) do
          local after = at + 1 + tonumber(ARGV[at])
          if lease.is_ours then
            at = at + 1
            local verb = end_lease(lease)
            if has_deliveries and verb ~= 'r' then forget_deliveries(lease.tag) end
            if ARGV[at] == '1' then
              record(ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4])
              at = at + 5
            else
              at = at + 1
            end
            publish(at + 1, tonumber(ARGV[at]))
            gone[#gone + 1] = lease.tag
            local tags = of_queue[lease.queue]
            if not tags then
              tags = {}
              of_queue[lease.queue] = tags
            end
            tags[#tags + 1] = lease.tag
          else
            lost[#lost + 1] = i
          end
          at = after
        end
        if #gone > 0 then
          in_parts('ZREM', index, gone)
          in_parts('HDEL', unacked, gone)
          if has_renewed then in_parts('HDEL', renewed, gone) end
          for queue, tags in pairs(of_queue) do in_parts('ZREM', leases_stem .. queue, tags) end
        end
        send_hints()
        return lost
        """#
}
