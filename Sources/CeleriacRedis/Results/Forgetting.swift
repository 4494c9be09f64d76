import RESPClient

extension Scripts {
    static let forget = RESPScript(forgetting + forgettingAlone)

    /// How a result is forgotten: deleted, and a document in state PENDING published, which wakes those who wait and which
    /// Celery's own clients pass over.
    static let forgetting = #"""
        local function forget_result(key, document)
          if redis.call('DEL', key) == 1 then redis.call('PUBLISH', key, document) end
        end

        """#

    /// FORGET. KEYS: the result; ARGV: the document to publish.
    static let forgettingAlone = #"""
        forget_result(KEYS[1], ARGV[1])
        """#
}
