import Synchronization

/// The queues that a worker serves, which may change while it runs.
final class LiveQueues: Sendable {
    private struct State {
        var selection: QueueSelection
        /// Counts the changes, so that a claim can tell whether its order is still the one that holds.
        var generation = 0
    }

    private let state: Guarded<State>

    init(_ selection: QueueSelection) { state = Guarded(State(selection: selection)) }

    var names: [QueueName] { state.withLock { $0.selection.queues } }

    /// What to claim from, and of which generation that is.
    var current: (selection: QueueSelection, generation: Int) {
        state.withLock { ($0.selection, $0.generation) }
    }

    var generation: Int { state.withLock { $0.generation } }

    /// Serves a queue too, after the others.
    func add(_ queue: QueueName) { change { $0.adding(queue) } }

    /// Serves it no more. What of it runs already goes on.
    func remove(_ queue: QueueName) { change { $0.removing(queue) } }

    /// Makes claims that wait begin anew, for another reason than other queues.
    func touch() { change { $0 } }

    private func change(_ body: (QueueSelection) -> QueueSelection) {
        state.withLock { state in
            state.selection = body(state.selection)
            state.generation += 1
        }
    }
}
