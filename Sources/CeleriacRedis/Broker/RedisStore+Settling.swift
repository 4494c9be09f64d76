public import CeleriacCore
import Logging
import RESPClient
import RedisKit
import StoreKit

extension RedisStore: CompletionStore {
    func settle(_ settlements: [(Receipt, Settlement)]) async throws -> Set<Receipt> {
        try await complete(settlements.map { Completion(receipt: $0.0, settlement: $0.1) })
    }

    /// Does everything in one script, because this server holds both queues and results.
    public func complete(_ completions: [Completion]) async throws -> Set<Receipt> {
        guard !completions.isEmpty else { return [] }
        // Looking up routes may need the server, so it comes before anything is taken from the table.
        var routes: [RoutedPublications?] = []
        var refusal = CompletionRefusal()
        for completion in completions {
            routes.append(try await route(of: completion, &refusal))
        }
        var lost: Set<Receipt> = []
        var prepared: [PreparedSettlement] = []
        var local: [(Broadcast, Held, Completion, [PreparedMessage])] = []
        for (completion, route) in zip(completions, routes) {
            guard let route else { continue }
            guard let held = held.take(completion.receipt) else {
                lost.insert(completion.receipt)
                continue
            }
            if let broadcast = held.broadcast {
                local.append((broadcast, held, completion, route.messages))
            } else {
                prepared.append(prepare(completion, of: held, continuation: route.messages))
            }
        }
        let outcome = try await settle(prepared)
        for position in outcome.lost { lost.insert(prepared[position].held.receipt) }
        for (position, problem) in outcome.unwritten {
            add(problem, of: prepared[position].held, to: &refusal, &lost)
        }
        for (broadcast, held, completion, messages) in local {
            try await settle(broadcast, of: held, completion, messages)
        }
        for (completion, route) in zip(completions, routes) where refusal.reasons[completion.receipt] == nil {
            for broadcast in route?.broadcasts ?? [] { try await send(broadcast) }
        }
        guard refusal.reasons.isEmpty else {
            refusal.lost = lost
            throw refusal
        }
        return lost
    }

    /// - Returns: `nil` if the continuation has no route; only that completion fails.
    private func route(
        of completion: Completion, _ refusal: inout CompletionRefusal
    ) async throws -> RoutedPublications? {
        if completion.continuation.isEmpty { return RoutedPublications() }
        do { return try await exchanges.route(completion.continuation, in: self) } catch let error as BrokerError
            where error.code == .refused
        {
            refusal.reasons[completion.receipt] = .init(part: .continuation, error: error)
            return nil
        }
    }

    private func add(
        _ problem: SettledBatch.Unwritten, of held: Held, to refusal: inout CompletionRefusal,
        _ lost: inout Set<Receipt>
    ) {
        let error = BrokerError(.refused, "redis at \(StoreError.place(client.configuration)): \(problem.reason)")
        switch problem.part {
        case .result: refusal.reasons[held.receipt] = .init(part: .result, error: error)
        case .continuation: refusal.reasons[held.receipt] = .init(part: .continuation, error: error)
        case .place:
            // The message comes back when its lease has ended and the key is right again.
            lost.insert(held.receipt)
            logger.error(
                "A call could not be put back into its queue; it stays held",
                metadata: ["task_id": "\(held.id)", "queue": "\(held.queue)", "error": "\(error)"])
        }
    }

    /// A broadcast is in no list: giving it back puts it into the inbox of this consumer again.
    private func settle(
        _ broadcast: Broadcast, of held: Held, _ completion: Completion, _ continuation: [PreparedMessage]
    ) async throws {
        switch completion.settlement {
        case .ack: break
        case .release(let notBefore):
            broadcast.inbox.add(
                broadcast.envelope, to: held.queue, deliveryCount: broadcast.deliveryCount, notBefore: notBefore)
        case .retry(let envelope, let notBefore): broadcast.inbox.add(envelope, to: held.queue, notBefore: notBefore)
        case .deadLetter(let reason):
            logger.warning(
                "A broadcast failed for good; it is not kept",
                metadata: ["task_id": "\(held.id)", "queue": "\(held.queue)", "reason": "\(reason)"])
        }
        try await record((completion.change.map { [$0] } ?? []) + completion.failed)
        try await take(completion.chordSteps)
        if !continuation.isEmpty { _ = try await publish(prepared: continuation) }
        wakeUps.ring([held.queue])
    }

    /// - Throws: ``BrokerError``; then all of them are held as before, as far as this process knows.
    func settle(_ settlements: [PreparedSettlement]) async throws -> SettledBatch {
        guard !settlements.isEmpty else { return SettledBatch() }
        do {
            let outcome = try await self.settlements.submit(settlements) { [self] requests, deadline in
                try await settle(requests, deadline: deadline)
            }
            for (position, problem) in outcome.unwritten where problem.part != .place {
                held.putBack(settlements[position].held)
            }
            return outcome
        } catch {
            for settlement in settlements { held.putBack(settlement.held) }
            throw error
        }
    }

    private func settle(_ requests: [[PreparedSettlement]], deadline: Duration) async throws -> [SettledBatch] {
        var whole = SettledBatch()
        let all = requests.flatMap { $0 }
        for start in stride(from: 0, to: all.count, by: 1_000) {
            let part = all[start..<min(start + 1_000, all.count)]
            try await declare(part.reduce(into: []) { $0.formUnion($1.queues) }, deadline: deadline)
            let batch = SettlementBatch(part)
            let answer = try await run(Scripts.settle, batch.words, deadline: deadline)
            let outcome = try batch.outcome(answer)
            if let renamed = answer.elements?.dropFirst(2).first { strayKeys.noteRenamed(renamed) }
            whole.lost.formUnion(outcome.lost)
            whole.unwritten.merge(outcome.unwritten) { $1 }
        }
        wakeUps.ring(all.reduce(into: Set<QueueName>()) { $0.formUnion($1.queues) })
        let parking = Set(all.lazy.filter(\.isParking).map(\.held.queue))
        if !parking.isEmpty { await tendDeadLetters(of: Array(parking)) }
        var offset = 0
        return requests.map { request in
            defer { offset += request.count }
            return whole.part(from: offset, count: request.count)
        }
    }

    func extendLeases(_ receipts: [Receipt], by duration: Duration) async throws -> Set<Receipt> {
        var lost: Set<Receipt> = []
        var kept: [(Receipt, Held)] = []
        for receipt in receipts {
            guard let held = held.delivery(of: receipt) else { lost.insert(receipt); continue }
            if held.broadcast == nil { kept.append((receipt, held)) }
        }
        for start in stride(from: 0, to: kept.count, by: 1_000) {
            let part = kept[start..<min(start + 1_000, kept.count)]
            var words: RESPWords = [duration.microseconds, Self.uniqueSpan.components.seconds]
            for (_, held) in part { held.append(to: &words) }
            for index in try await run(Scripts.renew, words).indices(below: part.count, of: "RENEW") {
                lost.insert(part[start + index].0)
            }
        }
        return lost
    }
}

extension Held {
    /// Appends queue, tag and score, which the fence reads.
    func append(to words: inout RESPWords) {
        words.append(queue.rawValue)
        words.append(tag)
        words.append(score)
    }
}
