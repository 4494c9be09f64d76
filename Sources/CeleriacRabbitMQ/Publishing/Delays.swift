import AMQPClient
import CeleriacCore
import Synchronization

/// Declares Celery's native delayed delivery when a delay is first asked for: once in a process, since the server takes
/// seconds for it.
final class Delays: Sendable {
    private let line: Line
    private let declarations: Declarations
    private let levels: Renewed<Bool>
    private let bound = Guarded<Set<QueueName>>([])

    init(_ line: Line, _ declarations: Declarations, _ type: RabbitMQOptions.QueueType) {
        self.line = line
        self.declarations = declarations
        levels = Renewed(isOpen: { $0 }) {
            try await declarations.declare(DelayLevels.declarations(type), on: line)
            return true
        }
    }

    /// Makes sure that delayed messages reach the queue, which exists.
    ///
    /// - Throws: `AMQPError`.
    func ensure(_ queue: QueueName) async throws {
        if bound.withLock({ $0.contains(queue) }) { return }
        _ = try await levels.value()
        try await declarations.declare([DelayLevels.binding(of: queue.rawValue)], on: line)
        bound.withLock { _ = $0.insert(queue) }
    }

    /// Makes sure that delayed messages of Celery's for a topic exchange reach its queue, as Celery's workers do.
    ///
    /// - Throws: `AMQPError`.
    func ensure(_ queue: QueueName, on exchange: String, routingKey: String) async throws {
        _ = try await levels.value()
        try await declarations.declare(
            DelayLevels.bindings(of: queue.rawValue, on: exchange, routingKey: routingKey), on: line)
    }

    func forget(_ queue: QueueName) { bound.withLock { _ = $0.remove(queue) } }
}
