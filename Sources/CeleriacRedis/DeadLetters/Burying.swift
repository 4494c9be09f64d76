import RESPClient

extension Scripts {
    static let buryLetters = RESPScript(prelude + DeadLetterDocument.lua + buryingLetters)

    /// BURY LETTERS. ARGV, five words for each letter: its id; queue; reason; when it died, in seconds with six decimals; the message.
    ///
    /// Adds letters whose messages lie with another broker, all of them in one step. One whose id and date stand already is left out.
    private static let buryingLetters = #"""
        for at = first, #ARGV, 5 do
          local id, queue, reason, died_at, raw = unpack(ARGV, at, at + 4)
          local old = redis.call('HGET', dead_messages, id)
          if not (old and string.find(old, '"died_at":' .. died_at .. ',', 1, true)) then
            bury(dead, dead_stem .. queue, dead_messages, id, queue, reason, died_at, '1', raw, true)
          end
        end
        """#
}
