-- The keys that a message holds until it has started or ended. The message's tag names each by
-- `~<span><digest>.<nonce>`, see `DeliveryTag`:
--
-- span   celeriac.unique:<digest>    further key
-- s, d   <nonce>:<id>                celeriac.unique:of:<id> = the tag, for a revocation, which knows the id only
-- b      <nonce>:<queue>\n<message>  celeriac.unique:<digest>.<nonce> = the prefix of its member of the delayed
--
-- `s`, `d`: a unique key, until the start or the end. `b`: the last call of an entry of the beat's schedule.
--
-- Needs   `unique_stem`

-- Whether a key is held under a nonce. A key that holds another kind of value is not held.
local function holds(key, nonce) return redis.pcall('GETRANGE', key, 0, #nonce) == nonce .. ':' end

-- Frees the keys of a tag that its message still holds. `spans`: "s", "d" or both; "d" also frees the key of a
-- schedule.
local function free(tag, spans)
  if not string.find(tag, '.', 1, true) then return end
  for span, digest, nonce in string.gmatch(tag, '~([sdb])(%x+)%.(%x+)') do
    local key = unique_stem .. digest
    if string.find(spans, span == 'b' and 'd' or span, 1, true) and holds(key, nonce) then
      local beside = key .. '.' .. nonce
      if span ~= 'b' then
        beside = unique_stem .. 'of:' .. string.sub(redis.call('GET', key), #nonce + 2)
      end
      redis.call('DEL', key, beside)
    end
  end
end
