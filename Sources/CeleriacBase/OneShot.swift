import Synchronization

/// A value that is set once; if several callers resolve it, the first one wins.
package final class OneShot<Value: Sendable>: Sendable {
    private let place = OneShotPlace<Value>()

    package init() {}

    /// Suspends until the value is set. For one reader.
    package var value: Value {
        get async { await place.value }
    }

    package func resolve(_ value: Value) { place.resolve(value) }
}

/// A ``OneShot`` that is stored inside another object, which saves an allocation.
package struct OneShotPlace<Value: Sendable>: ~Copyable, Sendable {
    // Not private: Swift 6.3 cannot lay out this type in another module if the type of a stored property is hidden
    // there.
    package enum State {
        case empty
        case waiting(CheckedContinuation<Value, Never>)
        case full(Value)
    }

    private let state = Guarded(State.empty)

    package init() {}

    /// Suspends until the value is set. For one reader.
    package var value: Value {
        get async {
            await withCheckedContinuation { continuation in
                let value: Value? = state.withLock { state in
                    if case .full(let value) = state { return value }
                    state = .waiting(continuation)
                    return nil
                }
                if let value { continuation.resume(returning: value) }
            }
        }
    }

    package func resolve(_ value: Value) {
        let waiter: CheckedContinuation<Value, Never>? = state.withLock { state in
            switch state {
            case .full: return nil
            case .empty:
                state = .full(value)
                return nil
            case .waiting(let continuation):
                state = .full(value)
                return continuation
            }
        }
        waiter?.resume(returning: value)
    }
}
