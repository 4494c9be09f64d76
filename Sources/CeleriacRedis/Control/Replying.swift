import RESPClient

extension Scripts {
    static let openReplies = RESPScript(openingReplies)
    static let closeReplies = RESPScript(closingReplies)
    static let reply = RESPScript(replying)

    /// OPEN. KEYS: see ``ControlQuestion/keys``. ARGV: the binding; the exchange; for how many milliseconds it stands.
    ///
    /// As kombu declares a queue that expires (`REFRESH_BINDING`).
    static let openingReplies = #"""
        redis.call('SADD', KEYS[1], ARGV[1])
        local time = redis.call('TIME')
        redis.call('ZADD', KEYS[2], 'GT', string.format('%.0f', time[1] * 1000 + time[2] / 1000 + ARGV[3]), ARGV[2])
        """#

    /// CLOSE. KEYS: see ``ControlQuestion/keys``. ARGV: the binding. Whoever answers from now on finds nobody.
    static let closingReplies = #"""
        redis.call('SREM', KEYS[1], ARGV[1])
        redis.call('DEL', KEYS[3])
        """#

    /// REPLY. KEYS: the bindings of the exchange. ARGV: the routing key; kombu's separator; what comes before keys; the reply;
    /// how the names of reply queues end.
    ///
    /// Puts it into the list that the asker opened, where it stays for a minute should the asker be gone. Anyone may bind
    /// another queue to the exchange: what is not named like a reply queue gets nothing, and never an expiry.
    static let replying = #"""
        local key, separator, ending = ARGV[1], ARGV[2], ARGV[5]
        local start = key .. separator
        for _, member in ipairs(redis.call('SMEMBERS', KEYS[1])) do
          if string.sub(member, 1, #start) == start then
            local _, stop = string.find(member, separator, #start + 1, true)
            local name = stop and string.sub(member, stop + 1) or ''
            if #name > #ending and string.sub(name, -#ending) == ending then
              local queue = ARGV[3] .. name
              redis.call('LPUSH', queue, ARGV[4])
              redis.call('PEXPIRE', queue, 60000)
            end
          end
        end
        """#
}
