import AMQPClient
import CeleriacCore
import Synchronization

/// The queues and exchanges that this process knows to exist.
///
/// A queue is first asked for, and declared only if it does not exist: whoever declared it may have chosen other
/// arguments, and the server refuses a declaration with different ones.
final class Declarations: Sendable {
    private struct Known {
        var queues: Set<String> = []
        var exchanges: Set<String> = []
    }

    private let known = Guarded(Known())
    private let type: RabbitMQOptions.QueueType

    init(_ type: RabbitMQOptions.QueueType) { self.type = type }

    // MARK: Queues

    /// Makes sure that a queue of tasks exists.
    ///
    /// - Throws: `AMQPError`.
    func ensure(_ queue: QueueName, on line: Line) async throws {
        try await ensure(queue.rawValue, on: line) { QueueDeclaration.declarations(of: queue, type) }
    }

    /// Makes sure that the queue of the dead letters of a queue exists.
    func ensureDeadQueue(of queue: QueueName, on line: Line) async throws {
        try await ensure(QueueDeclaration.deadQueue(of: queue), on: line) {
            QueueDeclaration.deadLetterDeclarations(of: queue, type)
        }
    }

    private func ensure(_ name: String, on line: Line, _ missing: () -> [Declaration]) async throws {
        if known.withLock({ $0.queues.contains(name) }) { return }
        if try await state(of: name, on: line) == nil { try await declare(missing(), on: line) }
        known.withLock { _ = $0.queues.insert(name) }
    }

    /// The queues that this process knows to exist.
    var queues: Set<String> { known.withLock { $0.queues } }

    /// Whether this process knows the queue as one of tasks or of dead letters.
    func knows(_ name: String) -> Bool { known.withLock { $0.queues.contains(name) } }

    /// Forgets a queue that seems to have been deleted.
    func forget(_ name: String) { known.withLock { _ = $0.queues.remove(name) } }

    /// Asks for a queue.
    ///
    /// - Returns: `nil` if it does not exist.
    /// - Throws: `AMQPError`.
    func state(of name: String, on line: Line) async throws -> AMQPQueueState? {
        try await found(on: line) { try await $0.checkQueue(name) }
    }

    // MARK: Exchanges

    /// Checks that an exchange exists.
    ///
    /// - Throws: `AMQPError`.
    func check(exchange: String, on line: Line) async throws {
        if known.withLock({ $0.exchanges.contains(exchange) }) { return }
        try await line.onChannel { try await $0.checkExchange(exchange) }
        known.withLock { _ = $0.exchanges.insert(exchange) }
    }

    /// - Throws: `AMQPError`.
    func hasExchange(_ name: String, on line: Line) async throws -> Bool {
        try await found(on: line) { try await $0.checkExchange(name) } != nil
    }

    func forget(exchange: String) { known.withLock { _ = $0.exchanges.remove(exchange) } }

    // MARK: Declaring

    /// Declares what is missing: exchanges and queues that exist stay as they are, whatever their type and arguments.
    func declare(_ declarations: [Declaration], on line: Line) async throws {
        for declaration in declarations {
            switch declaration {
            case .exchange(let name, let type):
                if try await found(on: line, { try await $0.checkExchange(name) }) == nil {
                    try await line.onChannel { try await $0.declareExchange(name, type) }
                }
            case .queue(let name, let arguments):
                if try await state(of: name, on: line) == nil {
                    try await line.onChannel { _ = try await $0.declareQueue(name, arguments: arguments) }
                }
            case .queueBinding(let queue, let exchange, let key):
                try await line.onChannel { try await $0.bindQueue(queue, to: exchange, routingKey: key) }
            case .exchangeBinding(let destination, let source, let key):
                try await line.onChannel { try await $0.bindExchange(destination, to: source, routingKey: key) }
            }
        }
    }

    /// - Returns: `nil` if the server knows nothing of that name.
    private func found<Value: Sendable>(
        on line: Line, _ ask: (AMQPChannel) async throws -> Value
    ) async throws -> Value? {
        do { return try await line.onChannel(ask) } catch let error as AMQPError where error.isNotFound { return nil }
    }
}
