import Synchronization

/// Whether the client waits for a server that cannot be reached.
final class Patience: Sendable {
    private let failsAtFirst = Atomic(false)
    private let hasConnected = Atomic(false)

    /// Whether a failed attempt to connect is repeated.
    var isPatient: Bool {
        !failsAtFirst.load(ordering: .relaxed) || hasConnected.load(ordering: .relaxed)
    }

    func failAtFirst() { failsAtFirst.store(true, ordering: .relaxed) }

    func noteConnection() { hasConnected.store(true, ordering: .relaxed) }
}
