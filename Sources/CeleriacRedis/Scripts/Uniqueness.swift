extension Scripts {
    /// Unique keys, named by the tag of the message that holds them: `…~d<digest>.<nonce>`; see ``DeliveryTag``.
    static let uniqueness = #"""
        -- Frees the key of a tag, if the message still holds it.
        local function free(tag, spans)
          local span, digest, nonce = string.match(tag, '~([sd])(%x+)%.(%x+)')
          if not span or not string.find(spans, span, 1, true) then return end
          local holder = redis.pcall('GET', unique_stem .. digest)
          if type(holder) == 'string' and string.sub(holder, 1, #nonce + 1) == nonce .. ':' then
            redis.call('DEL', unique_stem .. digest)
          end
        end

        """#
}
