#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Synchronization

/// When a worker was told to end, for the one who has to pass that on at once.
final class EndNotice: Sendable {
    private struct State {
        var date: Date?
        var observer: (@Sendable () -> Void)?
    }

    private let state = Guarded(State())

    /// `nil` = it was not told yet.
    var date: Date? { state.withLock { $0.date } }

    /// The first time stands.
    func tell(_ now: Date) {
        let observer = state.withLock { state -> (@Sendable () -> Void)? in
            guard state.date == nil else { return nil }
            state.date = now
            return state.observer.take()
        }
        observer?()
    }

    /// Calls `observer` once it is told, at once if it was. For one observer, the latest.
    func observe(_ observer: @escaping @Sendable () -> Void) {
        let isTold = state.withLock { state in
            if state.date == nil { state.observer = observer }
            return state.date != nil
        }
        if isTold { observer() }
    }
}
