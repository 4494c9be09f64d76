import AMQPClient
public import CeleriacCore

extension RabbitMQStore {
    /// Publishes each call for itself, confirmed by the server: a durable queue has it on disk by then, a quorum queue
    /// on a majority of its nodes.
    @discardableResult
    public func publish(_ publications: [Publication]) async throws -> PublishReport {
        guard !publications.isEmpty else { return PublishReport() }
        let outcomes = await send(publications)
        var report = PublishReport()
        for (publication, outcome) in zip(publications, outcomes) {
            guard case .failure(let error) = outcome else { continue }
            // Whether the others were taken does not matter if there are no others.
            if publications.count == 1 || error is CancellationError { throw error }
            report.untaken[publication.envelope.id] = "\(error)"
        }
        if report.untaken.count == publications.count, case .failure(let error)? = outcomes.first { throw error }
        return report
    }

    // MARK: Sending

    typealias Outcome = Result<Void, any Error>

    /// - Returns: one outcome for each call. One that makes no message fails alone.
    private func send(_ publications: [Publication]) async -> [Outcome] {
        var outcomes = [Outcome](repeating: .success(()), count: publications.count)
        var places: [Int] = []
        var messages: [Outgoing] = []
        for (place, publication) in publications.enumerated() {
            do {
                messages.append(try outgoing(publication))
                places.append(place)
            } catch {
                outcomes[place] = .failure(StoreError.refusal(error))
            }
        }
        for (place, outcome) in zip(places, await send(messages)) { outcomes[place] = outcome }
        return outcomes
    }

    /// Publishes messages, those of one way together.
    ///
    /// - Returns: one outcome for each message, in the same order, with errors of ``BrokerError``.
    func send(_ messages: [Outgoing]) async -> [Outcome] {
        if let first = messages.first, messages.allSatisfy({ $0.way == first.way }) {
            return await send(messages, first.way)
        }
        var outcomes = [Outcome](repeating: .success(()), count: messages.count)
        for way in Outgoing.Way.allCases {
            let places = messages.indices.filter { messages[$0].way == way }
            guard !places.isEmpty else { continue }
            for (place, outcome) in zip(places, await send(places.map { messages[$0] }, way)) {
                outcomes[place] = outcome
            }
        }
        return outcomes
    }

    private func send(_ messages: [Outgoing], _ way: Outgoing.Way) async -> [Outcome] {
        do {
            try await prepare(messages, way)
            var outcomes = try await publish(messages.map(\.message), way)
            var pauses = Pauses()
            for _ in 0..<Self.mostRetries where way != .exchange {
                // A queue may have been deleted since this process looked; a quorum queue may be without a leader now.
                let missed = outcomes.indices.filter { outcomes[$0].isWorthAnotherTry(way) }
                if way == .levels, outcomes.contains(where: \.lacksExchange) { delays.forgetLevels() }
                guard !missed.isEmpty else { break }
                try await Task.sleep(for: pauses.next())
                let again = missed.map { messages[$0] }
                for message in again { forget(message) }
                try await prepare(again, way)
                let next = try await publish(again.map(\.message), way)
                for (place, outcome) in zip(missed, next) { outcomes[place] = outcome }
            }
            for (message, outcome) in zip(messages, outcomes) where outcome.saysNotFound {
                declarations.forget(exchange: message.message.exchange)
            }
            return outcomes.map { $0.mapError(StoreError.translating) }
        } catch {
            return messages.map { _ in .failure(StoreError.translating(error)) }
        }
    }

    private static let mostRetries = 4

    private func publish(_ messages: [AMQPMessage], _ way: Outgoing.Way) async throws -> [AMQPOutcome] {
        let channel = try await channel(of: way).value()
        return try await channel.publish(messages, deadline: SendClock.rest(of: configuration.deadline))
    }

    /// A call that the server refuses closes its channel, and ends all calls on it. Only the default exchange refuses
    /// nothing.
    private func channel(of way: Outgoing.Way) -> Renewed<AMQPChannel> {
        switch way {
        case .queue, .deadQueue, .ownQueue: direct
        case .levels: levels
        case .exchange: routed
        }
    }

    // MARK: Queues and exchanges

    /// Makes sure that there is somewhere for the messages to go.
    private func prepare(_ messages: [Outgoing], _ way: Outgoing.Way) async throws {
        var last: QueueName?
        for message in messages where message.queue != last || way == .exchange {
            let queue = message.queue
            last = queue
            switch way {
            case .queue: try await declarations.ensure(queue, on: publishing)
            case .deadQueue: try await declarations.ensureDeadQueue(of: queue, on: publishing)
            case .ownQueue: break
            case .levels:
                try await declarations.ensure(queue, on: publishing)
                try await delays.ensure(queue)
            case .exchange: try await declarations.check(exchange: message.message.exchange, on: publishing)
            }
        }
    }

    private func forget(_ message: Outgoing) {
        declarations.forget(message.queue.rawValue)
        declarations.forget(QueueDeclaration.deadQueue(of: message.queue))
        delays.forget(message.queue)
    }
}

extension AMQPOutcome {
    /// Whether the exchange has been deleted since this process looked.
    fileprivate var saysNotFound: Bool { if case .failure(let error) = self { error.isNotFound } else { false } }

    /// Whether no queue has the message, and the next try may do better.
    ///
    /// If the levels' exchange was deleted, the call that finds out closes the channel. Others on it may have been taken
    /// before, so they fail.
    fileprivate func isWorthAnotherTry(_ way: Outgoing.Way) -> Bool {
        guard case .failure(let error) = self else { return false }
        if [.unroutable, .refused].contains(error.code) { return true }
        return way == .levels && error.code == .server && error.isNotFound
    }

    /// Whether the exchange, or all that was bound to it, has been deleted.
    fileprivate var lacksExchange: Bool {
        if case .failure(let error) = self { error.code == .unroutable || error.isNotFound } else { false }
    }
}
