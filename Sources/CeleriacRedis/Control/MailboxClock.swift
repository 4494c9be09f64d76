import CeleriacCore
import Synchronization

/// The counter in the `clock` header of remote control: the mailbox's own, apart from the worker's.
///
/// Source: `kombu/pidbox.py`, where each message counts.
final class MailboxClock: Sendable {
    private let count = Guarded<Int64>(0)

    func forward() -> Int64 {
        count.withLock { count in
            count += 1
            return count
        }
    }
}
