extension Scripts {
    /// What becomes of a key that holds another kind of value than it should, since a stranger wrote it.
    ///
    /// A list of messages is left alone: it may be somebody's data, and only its queue suffers. A key of our own or of kombu's
    /// bookkeeping is renamed: nothing of ours can lie in it, and without it nobody could be served.
    static let keyKinds =
        asiding + #"""
            -- Keys that are in the way, and of which kind they are, in turn; keys that were renamed, and their new names, in turn.
            local misfits, renamed_keys = {}, {}
            -- Queues in which something had to stay where it is.
            local blocked = {}
            local kinds = {}

            -- Whether a key can be used as a kind of value. A key that does not exist is taken for that kind from then on.
            local function is_kind(kind, key)
              local there = kinds[key]
              if not there then
                there = redis.call('TYPE', key).ok
                if there == 'none' then there = kind end
                kinds[key] = there
              end
              return there == kind
            end

            local noted = {}
            local function note_misfit(key)
              if noted[key] then return end
              noted[key] = true
              misfits[#misfits + 1] = key
              misfits[#misfits + 1] = redis.call('TYPE', key).ok
            end

            -- What is wrong with a key that should hold a kind of value.
            local function misfit_words(key, kind)
              return 'WRONGTYPE key "' .. quoted(key) .. '" holds a ' .. redis.call('TYPE', key).ok .. ', not a ' .. kind
                .. '; rename it or delete it'
            end

            local probes = { zset = 'ZCARD', hash = 'HLEN', string = 'STRLEN', list = 'LLEN', set = 'SCARD' }
            -- Fails where a key holds another kind of value; the caller then has it put out of the way, and asks again.
            local function demand(kind, key) redis.call(probes[kind], key) end

            local function clear_way(kind, key)
              if is_kind(kind, key) then return end
              renamed_keys[#renamed_keys + 1] = key
              renamed_keys[#renamed_keys + 1] = set_aside(key)
              kinds[key] = nil
            end

            -- Reads a sorted set of ours, after another kind of value was put out of its way.
            local function read_set(command, key, ...)
              local found = redis.pcall(command, key, ...)
              if not found.err then return found end
              clear_way('zset', key)
              return redis.call(command, key, ...)
            end

            """#

    /// How a key is put out of the way.
    private static let asiding = #"""
        -- Renames a key to one that nobody uses; returns its new name.
        local function set_aside(key)
          local name = key .. ':aside:' .. redis.call('TIME')[1]
          while redis.call('EXISTS', name) == 1 do name = name .. '+' end
          redis.call('RENAME', key, name)
          redis.log(redis.LOG_WARNING, 'celeriac: ' .. key .. ' held another kind of value; renamed to ' .. name)
          return name
        end

        """#

    /// CLEAR. KEYS: keys of our own and of kombu's bookkeeping; ARGV: the kind of each.
    ///
    /// Renames those that hold another kind of value. Returns them and their new names in turn.
    static let clearing =
        asiding + #"""
            local renamed = {}
            for i, key in ipairs(KEYS) do
              local there = redis.call('TYPE', key).ok
              if there ~= 'none' and there ~= ARGV[i] then
                renamed[#renamed + 1] = key
                renamed[#renamed + 1] = set_aside(key)
              end
            end
            return renamed
            """#
}
