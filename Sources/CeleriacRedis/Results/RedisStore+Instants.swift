import CeleriacCore
import RESPClient
import RedisKit

extension RedisStore {
    /// The time for a script that has no prelude: in microseconds, or "" = the server's own.
    var virtualNow: any RESPArgument {
        if hasInjectedTime { time.now.microseconds } else { "" }
    }
}
