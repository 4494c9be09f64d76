import CeleriacCore
import Synchronization

/// The faults that are still to come, and the number of calls so far.
final class FaultScript: Sendable {
    private struct Observer {
        let id: UInt64
        let operation: BrokerOperation
        let count: Int
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var faults: [BrokerOperation: [(fault: Fault, remaining: Int)]] = [:]
        var calls: [BrokerOperation: Int] = [:]
        var observers: [Observer] = []
        var lastID: UInt64 = 0
    }

    private let state = Guarded(State())

    func add(_ fault: Fault, to operation: BrokerOperation, times: Int) {
        guard times > 0 else { return }
        state.withLock { $0.faults[operation, default: []].append((fault, times)) }
    }

    func clear() { state.withLock { $0.faults = [:] } }

    func count(of operation: BrokerOperation) -> Int { state.withLock { $0.calls[operation, default: 0] } }

    /// Counts a call.
    ///
    /// - Parameter meets: whether a fault applies to this call. A fault that does not apply is kept for the next call.
    /// - Returns: the fault of this call, if it has one.
    func begin(_ operation: BrokerOperation, where meets: (Fault) -> Bool) -> Fault? {
        let (fault, content) = state.withLock { state in
            state.calls[operation, default: 0] += 1
            let count = state.calls[operation, default: 0]
            let content = state.observers.filter { $0.operation == operation && $0.count <= count }
            state.observers.removeAll { $0.operation == operation && $0.count <= count }
            return (Self.take(&state.faults[operation, default: []], where: meets), content)
        }
        for observer in content { observer.continuation.resume() }
        return fault
    }

    func untilCalls(of operation: BrokerOperation, reach count: Int) async throws {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { observe(operation, count, id, $0) }
        } onCancel: {
            let continuation = state.withLock { state in
                state.observers.firstIndex { $0.id == id }.map { state.observers.remove(at: $0).continuation }
            }
            continuation?.resume(throwing: CancellationError())
        }
    }

    private func observe(
        _ operation: BrokerOperation, _ count: Int, _ id: UInt64, _ continuation: CheckedContinuation<Void, any Error>
    ) {
        enum Answer { case reached, cancelled, parked }
        let answer = state.withLock { state -> Answer in
            if Task.isCancelled { return .cancelled }
            if state.calls[operation, default: 0] >= count { return .reached }
            state.observers.append(Observer(id: id, operation: operation, count: count, continuation: continuation))
            return .parked
        }
        switch answer {
        case .reached: continuation.resume()
        case .cancelled: continuation.resume(throwing: CancellationError())
        case .parked: break
        }
    }

    private static func take(
        _ faults: inout [(fault: Fault, remaining: Int)], where meets: (Fault) -> Bool
    ) -> Fault? {
        guard let first = faults.first, meets(first.fault) else { return nil }
        if first.remaining == 1 { faults.removeFirst() } else { faults[0].remaining -= 1 }
        return first.fault
    }
}
