import RESPClient

extension Scripts {
    static let requeue = RESPScript(prelude + uniqueness + publishing + forgetting + digging + requeueing)
    static let deleteDead = RESPScript(prelude + digging + deletingDead)
    static let dropDead = RESPScript(prelude + digging + droppingDead)

    private static let digging = #"""
        -- Deletes a dead letter, if `header` is "" or still its first line. Returns whether it did.
        local function dig_up(id, header)
          local document = redis.call('HGET', dead_messages, id)
          if not document then return false end
          local line = string.match(document, '^[^\n]*')
          if header ~= '' and header ~= line then return false end
          redis.call('HDEL', dead_messages, id)
          redis.call('ZREM', dead, id)
          local is_read, head = pcall(cjson.decode, line)
          if is_read and type(head) == 'table' and type(head.queue) == 'string' then
            redis.call('ZREM', dead_stem .. head.queue, id)
            local bytes = string.gsub(dead_messages, 'messages$', 'bytes')
            if redis.call('EXISTS', dead_stem .. head.queue) == 0 then
              redis.call('HDEL', bytes, head.queue)
            elseif redis.call('HEXISTS', bytes, head.queue) == 1 then
              redis.call('HINCRBY', bytes, head.queue, -#document)
            end
          end
          return true
        end

        """#

    /// REQUEUE. ARGV: how many; then for each: id, first line of its document, key of its result, what to publish there, and
    /// the nine words of `publish`.
    ///
    /// Those that were deleted or parked anew since they were read are left alone. Where a list holds another kind of value, all
    /// of them stay. Returns the positions (from 1) of the
    /// others.
    static let requeueing = #"""
        local requeued, count = {}, tonumber(ARGV[first])
        for i = 1, count do
          local problem = hindrance(first + 5 + 13 * (i - 1), 1)
          if problem then return redis.error_reply(problem) end
        end
        for i = 1, count do
          local at = first + 1 + 13 * (i - 1)
          if dig_up(ARGV[at], ARGV[at + 1]) then
            forget_result(ARGV[at + 2], ARGV[at + 3])
            publish(at + 4, 1)
            requeued[#requeued + 1] = i
          end
        end
        send_hints()
        return requeued
        """#

    /// DROP DEAD. ARGV: the key of the bytes by queue, and that of how many have fallen out; how many letters a queue keeps, and
    /// how many bytes; names of queues.
    ///
    /// Deletes the oldest letters of queues that hold more; the newest one stays. Returns how many fell out of each queue.
    static let droppingDead = #"""
        local bytes, counts = ARGV[first], ARGV[first + 1]
        local most, most_bytes = tonumber(ARGV[first + 2]), tonumber(ARGV[first + 3])
        local dropped = {}
        for i = first + 4, #ARGV do
          local queue, fallen = ARGV[i], 0
          local of_queue = dead_stem .. queue
          local count, size = redis.call('ZCARD', of_queue), tonumber(redis.call('HGET', bytes, queue)) or 0
          while count > 1 and (count > most or size > most_bytes) and fallen < 1000 do
            local id = redis.call('ZRANGE', of_queue, 0, 0)[1]
            size = size - redis.call('HSTRLEN', dead_messages, id)
            dig_up(id, '')
            -- One without a document, or whose document names another queue.
            redis.call('ZREM', of_queue, id)
            count, fallen = count - 1, fallen + 1
          end
          if fallen > 0 then redis.call('HINCRBY', counts, queue, fallen) end
          dropped[#dropped + 1] = fallen
        end
        return dropped
        """#

    /// DELETE DEAD. ARGV: ids. Returns the positions (from 1) of those that were there.
    static let deletingDead = #"""
        local deleted = {}
        for i = first, #ARGV do
          if dig_up(ARGV[i], '') then deleted[#deleted + 1] = i - first + 1 end
        end
        return deleted
        """#
}
