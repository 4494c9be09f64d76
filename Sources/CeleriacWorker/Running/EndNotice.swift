#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Synchronization

/// When a worker was asked to end, for the one observer that must pass this on at once.
final class EndNotice: Sendable {
    private struct State {
        var date: Date?
        var observer: (@Sendable () -> Void)?
    }

    private let state = Guarded(State())

    /// `nil` if it has not been asked yet.
    var date: Date? { state.withLock { $0.date } }

    /// Records the time and notifies the observer. Only the first call counts.
    func tell(_ now: Date) {
        let observer = state.withLock { state -> (@Sendable () -> Void)? in
            guard state.date == nil else { return nil }
            state.date = now
            return state.observer.take()
        }
        observer?()
    }

    /// Calls `observer` when the worker is asked to end, or at once if it already was. Holds only the latest observer.
    func observe(_ observer: @escaping @Sendable () -> Void) {
        let isTold = state.withLock { state in
            if state.date == nil { state.observer = observer }
            return state.date != nil
        }
        if isTold { observer() }
    }
}
