import CeleriacCore
import Synchronization

/// Something that ends by itself, such as a connection or a channel. It is opened when it is first needed, and again
/// when it is needed after its end.
final class Renewed<Value: Sendable>: Sendable {
    private struct State {
        var value: Value?
        var attempt: Task<Value, any Error>?
        var isClosed = false
    }

    private enum Finding {
        case open(Value)
        case opening(Task<Value, any Error>)
    }

    private let state = Guarded(State())
    private let isOpen: @Sendable (Value) -> Bool
    private let open: @Sendable () async throws -> Value

    /// - Parameter open: runs to its end even if all callers are cancelled.
    init(isOpen: @escaping @Sendable (Value) -> Bool, open: @escaping @Sendable () async throws -> Value) {
        self.isOpen = isOpen
        self.open = open
    }

    /// The open value. Concurrent callers share one attempt to open it.
    ///
    /// - Throws: what `open` throws; ``BrokerError`` with code `closed` after ``close()``.
    func value() async throws -> Value {
        switch try state.withLock({ state in try find(in: &state) }) {
        case .open(let value): value
        case .opening(let attempt): try await attempt.value
        }
    }

    private func find(in state: inout State) throws -> Finding {
        if state.isClosed { throw BrokerError(.closed, "the store was closed by this process") }
        if let value = state.value, isOpen(value) { return .open(value) }
        state.value = nil
        if let attempt = state.attempt { return .opening(attempt) }
        let attempt = Task { try await self.openNow() }
        state.attempt = attempt
        return .opening(attempt)
    }

    private func openNow() async throws -> Value {
        do {
            let value = try await open()
            state.withLock { state in
                state.attempt = nil
                state.value = value
            }
            return value
        } catch {
            state.withLock { $0.attempt = nil }
            throw error
        }
    }

    /// Refuses further calls.
    ///
    /// - Returns: the value that is open or being opened.
    func close() async -> Value? {
        let (value, attempt) = state.withLock { state in
            state.isClosed = true
            return (state.value, state.attempt)
        }
        return if let attempt { try? await attempt.value } else { value }
    }
}
