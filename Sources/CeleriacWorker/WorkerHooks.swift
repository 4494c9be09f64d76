/// Passes a worker's events to its hooks.
struct WorkerHooks: Sendable {
    let hooks: [@Sendable (WorkerEvent) async -> Void]

    var isEmpty: Bool { hooks.isEmpty }

    /// Passes on the losses of children. `nil` without hooks.
    var onChildLoss: (@Sendable (ChildLoss) async -> Void)? {
        guard !hooks.isEmpty else { return nil }
        return { loss in await tell(.childLost(loss)) }
    }

    func tell(_ event: @autoclosure () -> WorkerEvent) async {
        guard !hooks.isEmpty else { return }
        let event = event()
        for hook in hooks { await hook(event) }
    }
}
