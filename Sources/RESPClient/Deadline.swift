import NIOCore
import SocketKit

extension NIODeadline {
    /// The deadline after this duration from now; durations are clamped to between zero and a thousand days.
    static func after(_ duration: Duration) -> NIODeadline { now() + duration.amount }

    func isPast(_ now: NIODeadline) -> Bool { self <= now }
}

/// The only place where the client sleeps.
enum Pause {
    static func sleep(_ duration: Duration) async throws {
        if duration > .zero { try await Task.sleep(for: duration) }
    }
}
