import CeleriacCore
import Synchronization

/// Work for the writer's thread to do within a transaction.
protocol Write: AnyObject, Sendable {
    /// The approximate number of rows that it writes; limits the size of a batch.
    var rows: Int { get }
    /// Whether its caller relies on it after a power cut. A batch in which no caller does is not synced.
    var isDurable: Bool { get }
    /// Whether its caller gives up at the deadline.
    var mayExpire: Bool { get }
    var submitted: ContinuousClock.Instant { get }

    /// Does the work, which may then be committed or rolled back. May be called again after a rollback.
    func run(in transaction: StoreTransaction) throws
    /// Answers the caller: the work is committed.
    func succeed()
    /// Answers the caller: the work was not done (or, past the deadline, perhaps not).
    func fail(_ error: any Error)
}

/// A write whose caller is suspended until it is answered, once.
final class PendingWrite<Value: Sendable>: Write {
    let rows: Int
    let isDurable: Bool
    let mayExpire: Bool
    let submitted = ContinuousClock.now
    private let body: @Sendable (StoreTransaction) throws -> Value
    private let state: Guarded<State>

    private struct State {
        var caller: CheckedContinuation<Value, any Error>?
        var value: Value?
    }

    init(
        rows: Int, isDurable: Bool, mayExpire: Bool, answering caller: CheckedContinuation<Value, any Error>,
        _ body: @escaping @Sendable (StoreTransaction) throws -> Value
    ) {
        self.rows = rows
        self.isDurable = isDurable
        self.mayExpire = mayExpire
        self.body = body
        state = Guarded(State(caller: caller))
    }

    func run(in transaction: StoreTransaction) throws {
        let value = try body(transaction)
        state.withLock { $0.value = value }
    }

    func succeed() {
        let (caller, value) = state.withLock { state in
            defer { state.caller = nil }
            return (state.caller, state.value)
        }
        if let value { caller?.resume(returning: value) }
    }

    func fail(_ error: any Error) {
        let caller = state.withLock { state in
            defer { state.caller = nil }
            return state.caller
        }
        caller?.resume(throwing: error)
    }
}
