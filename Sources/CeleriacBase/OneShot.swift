import Synchronization

/// A value that comes once; the first of several to resolve it wins.
package final class OneShot<Value: Sendable>: Sendable {
    private let place = OneShotPlace<Value>()

    package init() {}

    /// Suspends until it is there. For one reader.
    package var value: Value {
        get async { await place.value }
    }

    package func resolve(_ value: Value) { place.resolve(value) }
}

/// A ``OneShot`` as a part of another object, which saves an allocation.
package struct OneShotPlace<Value: Sendable>: ~Copyable, Sendable {
    // Not private: Swift 6.3 cannot lay out a value in another module by a type that is hidden there.
    package enum State {
        case empty
        case waiting(CheckedContinuation<Value, Never>)
        case full(Value)
    }

    private let state = Guarded(State.empty)

    package init() {}

    /// Suspends until it is there. For one reader.
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
