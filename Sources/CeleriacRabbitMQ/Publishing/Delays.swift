import AMQPClient
import CeleriacCore
import Synchronization

/// Declares Celery's native delayed delivery when a delay is first asked for: once in a process, since the server takes
/// seconds for it. It is declared again if its first exchange seems to have been deleted.
final class Delays: Sendable {
    private let line: Line
    private let declarations: Declarations
    private let type: RabbitMQOptions.QueueType
    /// `nil` while no declaration was made, or once the last one does not hold any longer.
    private let levels = Guarded<Renewed<Bool>?>(nil)
    private let bound = Guarded<Set<QueueName>>([])

    init(_ line: Line, _ declarations: Declarations, _ type: RabbitMQOptions.QueueType) {
        self.line = line
        self.declarations = declarations
        self.type = type
    }

    private func declareLevels() async throws {
        let declared = levels.withLock { levels in
            let declared =
                levels
                ?? Renewed(isOpen: { $0 }) { [declarations, type, line] in
                    try await declarations.declare(DelayLevels.declarations(type), on: line)
                    return true
                }
            levels = declared
            return declared
        }
        _ = try await declared.value()
    }

    /// Makes sure that delayed messages reach the queue, which exists.
    ///
    /// - Throws: `AMQPError`.
    func ensure(_ queue: QueueName) async throws {
        if bound.withLock({ $0.contains(queue) }) { return }
        try await declareLevels()
        try await declarations.declare([DelayLevels.binding(of: queue.rawValue)], on: line)
        bound.withLock { _ = $0.insert(queue) }
    }

    /// Makes sure that delayed messages of Celery's for a topic exchange reach its queue, as Celery's workers do.
    ///
    /// - Throws: `AMQPError`.
    func ensure(_ queue: QueueName, on exchange: String, routingKey: String) async throws {
        try await declareLevels()
        try await declarations.declare(
            DelayLevels.bindings(of: queue.rawValue, on: exchange, routingKey: routingKey), on: line)
    }

    /// Binds a queue that is about to be consumed, if there are levels: if it was deleted since calls were delayed, its
    /// binding has gone with it.
    ///
    /// - Throws: `AMQPError`.
    func restore(_ queue: QueueName, on line: Line) async throws {
        guard DelayLevels.canTarget(queue.rawValue) else { return }
        guard try await declarations.hasExchange(DelayLevels.endExchange, on: line) else { return }
        try await declarations.declare([DelayLevels.binding(of: queue.rawValue)], on: line)
    }

    func forget(_ queue: QueueName) { bound.withLock { _ = $0.remove(queue) } }

    /// Forgets the levels and all bindings to them.
    func forgetLevels() {
        levels.withLock { $0 = nil }
        bound.withLock { $0.removeAll() }
    }
}
