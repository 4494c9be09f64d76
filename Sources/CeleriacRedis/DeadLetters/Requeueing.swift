import RESPClient

extension Scripts {
    static let requeue = RESPScript(prelude + uniqueness + publishing + forgetting + digging + requeueing)
    static let deleteDead = RESPScript(prelude + digging + deletingDead)

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

    /// DELETE DEAD. ARGV: ids. Returns the positions (from 1) of those that were there.
    static let deletingDead = #"""
        local deleted = {}
        for i = first, #ARGV do
          if dig_up(ARGV[i], '') then deleted[#deleted + 1] = i - first + 1 end
        end
        return deleted
        """#
}
