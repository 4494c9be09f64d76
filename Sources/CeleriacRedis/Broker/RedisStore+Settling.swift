public import CeleriacCore
import Logging
import RESPClient

extension RedisStore: CompletionStore {
    public func settle(_ settlements: [(Receipt, Settlement)]) async throws -> Set<Receipt> {
        try await complete(settlements.map { Completion(receipt: $0.0, settlement: $0.1) })
    }

    /// One script does all of it, since this server holds queues and results.
    public func complete(_ completions: [Completion]) async throws -> Set<Receipt> {
        guard !completions.isEmpty else { return [] }
        // Routes may have to be looked up, so that comes before anything is taken from the table.
        var continuations: [RoutedPublications] = []
        for completion in completions {
            continuations.append(try await exchanges.route(completion.continuation, in: self))
        }
        var lost: Set<Receipt> = []
        var prepared: [PreparedSettlement] = []
        var local: [(Broadcast, Held, Completion, [PreparedMessage])] = []
        for (completion, continuation) in zip(completions, continuations) {
            guard let held = held.take(completion.receipt) else {
                lost.insert(completion.receipt)
                continue
            }
            if let broadcast = held.broadcast {
                local.append((broadcast, held, completion, continuation.messages))
            } else {
                prepared.append(prepare(completion, of: held, continuation: continuation.messages))
            }
        }
        for position in try await settle(prepared) { lost.insert(prepared[position].held.receipt) }
        for (broadcast, held, completion, messages) in local {
            try await settle(broadcast, of: held, completion, messages)
        }
        for broadcast in continuations.flatMap(\.broadcasts) { try await send(broadcast) }
        return lost
    }

    /// A broadcast lies nowhere: giving it back puts it into this consumer's own inbox again.
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

    /// - Returns: the positions of those whose lease was lost.
    /// - Throws: ``BrokerError``; then all of them are held as before, as far as we know.
    func settle(_ settlements: [PreparedSettlement]) async throws -> Set<Int> {
        guard !settlements.isEmpty else { return [] }
        do {
            return try await self.settlements.submit(settlements) { [self] requests, deadline in
                try await settle(requests, deadline: deadline)
            }
        } catch {
            for settlement in settlements { held.putBack(settlement.held) }
            throw error
        }
    }

    private func settle(_ requests: [[PreparedSettlement]], deadline: Duration) async throws -> [Set<Int>] {
        var lost: Set<Int> = []
        let all = requests.flatMap { $0 }
        for start in stride(from: 0, to: all.count, by: 1_000) {
            let part = all[start..<min(start + 1_000, all.count)]
            try await declare(part.reduce(into: []) { $0.formUnion($1.queues) }, deadline: deadline)
            let batch = SettlementBatch(part)
            lost.formUnion(batch.positions(try await run(Scripts.settle, batch.words, deadline: deadline)))
        }
        wakeUps.ring(all.reduce(into: Set<QueueName>()) { $0.formUnion($1.queues) })
        let parking = Set(all.lazy.filter(\.isParking).map(\.held.queue))
        if !parking.isEmpty { await tendDeadLetters(of: Array(parking)) }
        var offset = 0
        return requests.map { request in
            defer { offset += request.count }
            return Set(lost.filter { (offset..<offset + request.count).contains($0) }.map { $0 - offset })
        }
    }

    public func extendLeases(_ receipts: [Receipt], by duration: Duration) async throws -> Set<Receipt> {
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
            for position in try await run(Scripts.renew, words).positions { lost.insert(part[start + position].0) }
        }
        return lost
    }
}

extension Held {
    /// Queue, tag and score: what the fence reads.
    func append(to words: inout RESPWords) {
        words.append(queue.rawValue)
        words.append(tag)
        words.append(score)
    }
}

extension RESPValue {
    /// An array of positions that a script counts from 1, counted from 0.
    var positions: [Int] { (elements ?? []).compactMap(\.integer).map { Int($0) - 1 } }
}
