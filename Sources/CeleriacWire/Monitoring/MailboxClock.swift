import CeleriacCore
import Synchronization

/// The counter in the `clock` header of remote control. The mailbox has its own, separate from the worker's.
///
/// Source: `kombu/pidbox.py`, where each message increments it.
package final class MailboxClock: Sendable {
    private let count = Guarded<Int64>(0)

    package init() {}

    package func forward() -> Int64 {
        count.withLock { count in
            count += 1
            return count
        }
    }
}
