extension RQScripts {
    /// CRON. ARGV: name of the entry; its tick in microseconds; how many jobs (one), and its words, see ``enqueueing``.
    ///
    /// Enqueues the job of a tick, unless that tick or a later one of the entry was there before, and notes it in the entry's
    /// history. Returns 1 if it did. Source of the history: RQ 3.0.0, `cron.py`, `CronJob.enqueue`.
    static let ticking = #"""
        local name, tick = ARGV[first], tonumber(ARGV[first + 1])
        local latest = own_stem .. 'cron:' .. name
        if number(redis.call('GET', latest)) >= tick then return 0 end
        redis.call('SET', latest, ARGV[first + 1], 'EX', 31536000)
        enqueue(first + 3, 1)
        local history = prefix .. ':cron_job:' .. name .. ':jobs'
        redis.call('ZADD', history, seconds(now), ARGV[first + 3])
        redis.call('ZREMRANGEBYRANK', history, 0, -1001)
        redis.call('EXPIRE', history, 31536000)
        redis.call('ZADD', prefix .. ':cron_jobs', seconds(now), name)
        return 1
        """#
}
