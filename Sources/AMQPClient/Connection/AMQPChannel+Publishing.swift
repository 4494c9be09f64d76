/// Publishing, always with confirms.
extension AMQPChannel {
    /// Publishes a message and waits until the server has confirmed it: a durable queue has a persistent message on disk
    /// by then, a quorum queue on a majority of its nodes.
    ///
    /// Calls of concurrent tasks are sent together and confirmed together.
    ///
    /// - Parameter deadline: how long the confirm may take; `nil` uses the configuration's deadline.
    /// - Throws: ``AMQPError``. Nothing was sent with `blocked`, `invalid`, `unreachable` and `channelClosed`; no queue
    ///   holds the message with `unroutable`, and with `refused` at least one queue does not. With every other code
    ///   ``AMQPError/mayHaveBeenDone`` is true: publish it again only if a repeat is harmless. An unknown exchange
    ///   closes the channel (404). `CancellationError` if cancelled; the message may have been published all the same.
    public func publish(_ message: AMQPMessage, deadline: Duration? = nil) async throws {
        guard case .outcome(let outcome) = try await answer(to: .publish(message), deadline) else {
            throw AMQPError.unexpectedAnswer
        }
        if case .failure(let error) = outcome { throw named(error, message) }
    }

    /// Publishes messages in one flush, in order, and waits for all confirms.
    ///
    /// - Returns: one outcome for each message, in the same order, with the errors that a publish of it alone would
    ///   throw.
    /// - Throws: `CancellationError` only; any of the messages may have been published then.
    public func publish(_ messages: [AMQPMessage], deadline: Duration? = nil) async throws -> [AMQPOutcome] {
        guard !messages.isEmpty else { return [] }
        do {
            guard case .outcomes(let outcomes) = try await answer(to: .publishAll(messages), deadline) else {
                throw AMQPError.unexpectedAnswer
            }
            return outcomes.contains(where: \.isFailure) ? named(outcomes, messages) : outcomes
        } catch let error as AMQPError {
            return messages.map { _ in .failure(error) }
        }
    }

    private func named(_ outcomes: [AMQPOutcome], _ messages: [AMQPMessage]) -> [AMQPOutcome] {
        zip(outcomes, messages).map { outcome, message in outcome.mapError { named($0, message) } }
    }

    /// Adds where the error happened and with which message.
    private func named(_ error: AMQPError, _ message: AMQPMessage) -> AMQPError {
        let target = "exchange \"\(message.exchange)\", routing key \"\(message.routingKey)\""
        return error.at("\(link.place): publish to \(target)")
    }
}

extension AMQPOutcome {
    fileprivate var isFailure: Bool { if case .failure = self { true } else { false } }
}
