import CeleriacCore
import RESPClient
import RedisKit

extension RedisStore {
    /// The time for a script without the prelude, in microseconds; "" for the server's own clock.
    var virtualNow: any RESPArgument {
        if hasInjectedTime { time.now.microseconds } else { "" }
    }
}
