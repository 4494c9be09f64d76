import CeleriacCore
import Synchronization

/// The hint channels that have a listener, as far as earlier hints have shown. If nobody listened a moment ago, the
/// next hint is omitted.
final class HintTargets: Sendable {
    private static let pause = Duration.milliseconds(10)
    private let silent = Guarded<[String: ContinuousClock.Instant]>([:])

    func isWorthwhile(_ channel: String) -> Bool {
        silent.withLock { silent in
            guard let since = silent[channel] else { return true }
            return ContinuousClock.now - since > Self.pause
        }
    }

    func reached(_ listeners: Int64, on channel: String) {
        silent.withLock { $0[channel] = listeners == 0 ? .now : nil }
    }
}

/// The queues that this process has declared; each is declared once.
final class DeclaredQueues: Sendable {
    private let queues = Guarded<Set<QueueName>>([])

    func missing(of wanted: Set<QueueName>) -> [QueueName] {
        queues.withLock { queues in wanted.filter { !queues.contains($0) } }
    }

    func add(_ declared: [QueueName]) { queues.withLock { $0.formUnion(declared) } }
}
