import NIOCore
import SocketKit

extension NIODeadline {
    /// The deadline after this duration from now; durations are clamped to between zero and a thousand days.
    static func after(_ duration: Duration) -> NIODeadline { now() + duration.amount }
}
