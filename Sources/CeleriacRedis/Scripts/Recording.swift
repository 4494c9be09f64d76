extension Scripts {
    /// How a result is written: as Celery does (SETEX and PUBLISH of the same name), but never over one that is final; see
    /// `TaskState.yields(to:)`.
    static let recording = #"""
        -- From the front of the document, where Celery and we write it.
        local function state_of(document)
          local state = string.match(document, '^{%s*"status":%s*"([^"\\]*)"')
          if state then return state end
          local is_read, meta = pcall(cjson.decode, document)
          return is_read and type(meta) == 'table' and meta.status or nil
        end

        local final = { SUCCESS = 1, FAILURE = 2, REVOKED = 3 }

        -- `span`: for how many milliseconds it is kept, or "" = for ever; or, in virtual time, in which nothing goes by
        -- itself, "@now:expires" in microseconds. Returns whether it was written.
        local function record(key, state, document, span)
          local now, expires = string.match(span, '^@(%d+):(%d*)$')
          local beside = key .. ':expires'
          if now then
            local before = redis.call('GET', beside)
            if before and tonumber(before) <= tonumber(now) then redis.call('DEL', key, beside) end
          end
          local is_kept = span == '' or now
          local is_new
          if is_kept then
            is_new = redis.call('SET', key, document, 'NX')
          else
            is_new = redis.call('SET', key, document, 'PX', span, 'NX')
          end
          if not is_new then
            local before = final[state_of(redis.call('GET', key)) or '']
            if before and not (final[state] and final[state] < before) then return false end
            if is_kept then
              redis.call('SET', key, document)
            else
              redis.call('SET', key, document, 'PX', span)
            end
          end
          if now then
            redis.call('DEL', beside)
            if expires ~= '' then redis.call('SET', beside, expires) end
          end
          redis.call('PUBLISH', key, document)
          return true
        end

        """#

    /// RECORD. KEYS: where; ARGV: for each three words: state, document, for how many milliseconds or "".
    ///
    /// Returns how many were written.
    static let recordingAlone = #"""
        local written = 0
        for i, key in ipairs(KEYS) do
          local at = 3 * (i - 1)
          if record(key, ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]) then written = written + 1 end
        end
        return written
        """#
}
