extension Scripts {
    /// SETTLE. ARGV: how many groups; the groups; how many others; the others.
    ///
    /// A group is of messages of one claim that are done and leave nothing behind but, perhaps, a result. None of them holds
    /// a unique key. Its words:
    ///
    /// - `a` (done), queue, score of the claim, how many; their tags
    /// - `r` (done, with results), queue, score, how many, state, milliseconds or ""; their tags, the keys of the results, the
    ///   documents
    ///
    /// Of the others first queue, tag and score of the claim of each; then, for each again:
    ///
    /// - `a` (done), or `r`, due or "" (given back), or `t`, priority, message, due or "" (replaced), or `d`, id, reason
    ///   (parked);
    /// - how many results, its own first, and four words for each, see `record_all`;
    /// - steps of chords, see `take_steps`;
    /// - how many messages come next, and nine words for each, see `publish`;
    /// - before all that the number of its words, so that one whose lease was lost is stepped over.
    ///
    /// Each whole or, if its lease was lost, not at all. Returns the positions (from 1, through the groups and then the
    /// others) of the lost ones.
    static let settling = #"""
        local ARGV = ARGV
        local lost = {}
        local has_deliveries = redis.call('EXISTS', deliveries) == 1
        local has_renewed = redis.call('EXISTS', renewed) == 1

        local function forget_deliveries(tag)
          redis.call('HDEL', deliveries, (string.gsub(tag, '%+%d+$', '')))
        end

        -- Ends the leases of a queue's messages.
        local function let_go(queue, tags)
          if #tags == 0 then return end
          in_parts('ZREM', index, tags)
          in_parts('HDEL', unacked, tags)
          if has_renewed then in_parts('HDEL', renewed, tags) end
          in_parts('ZREM', leases_stem .. queue, tags)
        end

        local at, position = first + 1, 0

        -- Ends a group; `with_results`: ARGV has state and span in front of the tags, keys and documents behind them.
        local function end_group(with_results)
          local queue, mine, count = ARGV[at + 1], ARGV[at + 2], tonumber(ARGV[at + 3])
          at = at + 4
          local state, span
          if with_results then
            state, span = ARGV[at], ARGV[at + 1]
            at = at + 2
          end
          local scores = redis.call('ZMSCORE', index, unpack(ARGV, at, at + count - 1))
          local gone = {}
          for i = 0, count - 1 do
            local tag, score = ARGV[at + i], scores[i + 1]
            if score == mine or is_ours(tag, mine, score) then
              gone[#gone + 1] = tag
              if has_deliveries then forget_deliveries(tag) end
              if with_results then record(ARGV[at + count + i], state, ARGV[at + 2 * count + i], span) end
            else
              lost[#lost + 1] = position + i + 1
            end
          end
          let_go(queue, gone)
          at = at + (with_results and 3 * count or count)
          position = position + count
        end

        for _ = 1, tonumber(ARGV[first]) do end_group(ARGV[at] == 'r') end

        local function end_lease(lease)
          local verb = ARGV[at]
          if verb == 'a' then
            at = at + 1
            free(lease.tag, 'sd')
          elseif verb == 'r' then
            local raw = own_entry(redis.call('HGET', unacked, lease.tag))
            if raw then
              local _, _, _, priority = read(raw, lease.queue)
              put(lease.queue, priority or 0, raw, ARGV[at + 1], true, string.find(lease.tag, '~f', 1, true))
            end
            at = at + 2
          elseif verb == 't' then
            put(lease.queue, ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], false)
            hand_on(lease.queue, ARGV[at + 2])
            at = at + 4
          else
            local raw = own_entry(redis.call('HGET', unacked, lease.tag))
            local lapses = string.match(redis.call('HGET', deliveries, lease.tag) or '', '^%d+') or 0
            if raw then
              bury(dead, dead_stem .. lease.queue, dead_messages, ARGV[at + 1], lease.queue, ARGV[at + 2],
                string.format('%.6f', now / 1000000), lapses + 1, raw, true)
            end
            free(lease.tag, 'sd')
            at = at + 3
          end
          return verb
        end

        local count = tonumber(ARGV[at])
        local leases = count > 0 and fenced(at + 1, count) or {}
        local of_queue = {}
        at = at + 1 + 3 * count
        for i, lease in ipairs(leases) do
          local after = at + 1 + tonumber(ARGV[at])
          if lease.is_ours then
            at = at + 1
            local verb = end_lease(lease)
            if has_deliveries and verb ~= 'r' then forget_deliveries(lease.tag) end
            at = take_steps(record_all(at))
            publish(at + 1, tonumber(ARGV[at]))
            of_queue[lease.queue] = of_queue[lease.queue] or {}
            table.insert(of_queue[lease.queue], lease.tag)
          else
            lost[#lost + 1] = position + i
          end
          at = after
        end
        for queue, tags in pairs(of_queue) do let_go(queue, tags) end
        send_hints()
        return lost
        """#
}
