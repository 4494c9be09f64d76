import RESPClient

/// The scripts by name. Each runs atomically; the keys of ``RedisKeys/shared`` and the arguments of
/// ``RedisStore/heading()`` come first in all of them.
enum Scripts {
    static let claim = RESPScript(prelude + messages + restoring + claiming)
    static let settle = RESPScript(
        prelude + messages + fence + uniqueness + publishing + recording + chordingOnDemand + DeadLetterDocument.lua
            + settling)
    static let renew = RESPScript(prelude + fence + renewing)
    static let publish = RESPScript(prelude + messages + publishing + restoring + publication)
    static let reap = RESPScript(prelude + messages + restoring + reaping)
    static let move = RESPScript(prelude + messages + restoring + moving)
    static let count = RESPScript(prelude + messages + counting)
    static let purge = RESPScript(prelude + messages + restoring + purging)
    static let tidy = RESPScript(prelude + tidying)
    static let clear = RESPScript(clearing)
    static let record = RESPScript(recording + recordingAlone)
}
