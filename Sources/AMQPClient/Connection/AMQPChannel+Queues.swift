/// A queue as the server describes it.
public struct AMQPQueueState: Sendable, Hashable {
    /// The name, chosen by the server if none was given.
    public let name: String
    /// Messages that are ready; those that consumers hold unsettled are not counted.
    public let messages: Int
    public let consumers: Int
}

/// Queues. Every call throws ``AMQPError``; with code `server` and the server's reply code if the server refuses it,
/// which closes the channel.
extension AMQPChannel {
    /// Declares a queue.
    ///
    /// Idempotent for the same properties and arguments; other ones are refused with 406. Check a queue that others may
    /// have declared with ``checkQueue(_:deadline:)`` first.
    ///
    /// - Parameters:
    ///   - name: at most 255 bytes; empty for a name of the server's choice.
    ///   - isDurable: whether it survives a restart of the server.
    ///   - isExclusive: whether it belongs to this connection and ends with it.
    ///   - isAutoDelete: whether it is deleted after its last consumer.
    ///   - arguments: `x-queue-type`, `x-expires`, `x-max-priority`, ….
    @discardableResult public func declareQueue(
        _ name: String, isDurable: Bool = true, isExclusive: Bool = false, isAutoDelete: Bool = false,
        arguments: AMQPTable = [:], deadline: Duration? = nil
    ) async throws -> AMQPQueueState {
        try await declare(
            QueueMethod.Declaration(
                queue: name, isDurable: isDurable, isExclusive: isExclusive, isAutoDelete: isAutoDelete,
                arguments: arguments), deadline)
    }

    /// Asks for a queue without declaring it (a passive declare). An unknown queue is a 404 that closes the channel.
    public func checkQueue(_ name: String, deadline: Duration? = nil) async throws -> AMQPQueueState {
        try await declare(QueueMethod.Declaration(queue: name, isPassive: true), deadline)
    }

    /// Has a queue receive messages of an exchange. Idempotent.
    public func bindQueue(
        _ queue: String, to exchange: String, routingKey: String, arguments: AMQPTable = [:], deadline: Duration? = nil
    ) async throws {
        let binding = QueueMethod.Binding(
            queue: queue, exchange: exchange, routingKey: routingKey, arguments: arguments)
        _ = try await ask(.queue(.bind(binding)), deadline)
    }

    /// Removes a binding. Idempotent.
    public func unbindQueue(
        _ queue: String, from exchange: String, routingKey: String, arguments: AMQPTable = [:],
        deadline: Duration? = nil
    ) async throws {
        let binding = QueueMethod.Binding(
            queue: queue, exchange: exchange, routingKey: routingKey, arguments: arguments)
        _ = try await ask(.queue(.unbind(binding)), deadline)
    }

    /// Deletes the ready messages of a queue.
    ///
    /// - Returns: how many there were.
    @discardableResult public func purgeQueue(_ queue: String, deadline: Duration? = nil) async throws -> Int {
        guard case .queue(.purgeOk(let messages)) = try await ask(.queue(.purge(queue: queue)), deadline) else {
            throw AMQPError.unexpectedAnswer
        }
        return Int(messages)
    }

    /// Deletes a queue. RabbitMQ takes an unknown queue as deleted.
    ///
    /// - Parameters:
    ///   - ifUnused: whether to refuse (406) while it has consumers.
    ///   - ifEmpty: whether to refuse (406) while it has messages.
    /// - Returns: how many messages it had.
    @discardableResult public func deleteQueue(
        _ queue: String, ifUnused: Bool = false, ifEmpty: Bool = false, deadline: Duration? = nil
    ) async throws -> Int {
        let method = QueueMethod.delete(queue: queue, ifUnused: ifUnused, ifEmpty: ifEmpty)
        guard case .queue(.deleteOk(let messages)) = try await ask(.queue(method), deadline) else {
            throw AMQPError.unexpectedAnswer
        }
        return Int(messages)
    }

    private func declare(_ declaration: QueueMethod.Declaration, _ deadline: Duration?) async throws -> AMQPQueueState {
        let answer = try await ask(.queue(.declare(declaration)), deadline)
        guard case .queue(.declareOk(let name, let messages, let consumers)) = answer else {
            throw AMQPError.unexpectedAnswer
        }
        return AMQPQueueState(name: name, messages: Int(messages), consumers: Int(consumers))
    }
}
