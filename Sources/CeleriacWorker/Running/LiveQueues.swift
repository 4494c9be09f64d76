import Synchronization

/// The queues that a worker serves, which may change while it runs.
final class LiveQueues: Sendable {
    private struct State {
        var selection: QueueSelection
        /// The number of changes so far, so that a claim can find out whether its order is still current.
        var generation = 0
    }

    private let state: Guarded<State>

    init(_ selection: QueueSelection) { state = Guarded(State(selection: selection)) }

    var names: [QueueName] { state.withLock { $0.selection.queues } }

    /// The queues to claim from, and the generation of that selection.
    var current: (selection: QueueSelection, generation: Int) {
        state.withLock { ($0.selection, $0.generation) }
    }

    var generation: Int { state.withLock { $0.generation } }

    /// Also serves this queue, after the others.
    func add(_ queue: QueueName) { change { $0.adding(queue) } }

    /// No longer serves the queue. Calls from it that already run go on.
    func remove(_ queue: QueueName) { change { $0.removing(queue) } }

    /// Makes waiting claims start again, for a reason other than changed queues.
    func touch() { change { $0 } }

    private func change(_ body: (QueueSelection) -> QueueSelection) {
        state.withLock { state in
            state.selection = body(state.selection)
            state.generation += 1
        }
    }
}
