/// Tells a worker's events to those who asked for them.
struct WorkerHooks: Sendable {
    let hooks: [@Sendable (WorkerEvent) async -> Void]

    var isEmpty: Bool { hooks.isEmpty }

    func tell(_ event: @autoclosure () -> WorkerEvent) async {
        guard !hooks.isEmpty else { return }
        let event = event()
        for hook in hooks { await hook(event) }
    }
}
