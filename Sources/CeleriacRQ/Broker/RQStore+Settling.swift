public import CeleriacCore
import CeleriacRQWire
import Logging
import RESPClient
import RedisKit
import StoreKit

extension RQStore: CompletionStore {
    func settle(_ settlements: [(Receipt, Settlement)]) async throws -> Set<Receipt> {
        try await complete(settlements.map { Completion(receipt: $0.0, settlement: $0.1) })
    }

    /// Ends executions, each in one step: the job's status and registry, its result, its dependents, its place under a
    /// rate limit, the worker's counters, and the continuation.
    ///
    /// A job that was enqueued with retries (RQ's `retry=`) runs again instead of failing. A job that is acked without
    /// a record is deleted, as with `result_ttl=0`. The job determines how long its result is kept, otherwise the
    /// change does.
    public func complete(_ completions: [Completion]) async throws -> Set<Receipt> {
        guard !completions.isEmpty else { return [] }
        var refusal = CompletionRefusal()
        var lost: Set<Receipt> = []
        var prepared: [RQPreparedEnd] = []
        for completion in completions {
            guard let held = held.take(completion.receipt) else {
                lost.insert(completion.receipt)
                continue
            }
            do {
                prepared.append(try prepare(completion, of: held, try completion.continuation.map(prepare)))
            } catch {
                // Only this completion fails.
                self.held.putBack(held)
                let reason =
                    error as? BrokerError ?? BrokerError(.refused, "its end cannot be stored in an RQ job: \(error)")
                refusal.reasons[completion.receipt] = .init(part: .continuation, error: reason)
            }
        }
        let outcome = try await end(prepared)
        for position in outcome.lost { lost.insert(prepared[position].held.receipt) }
        for (position, problem) in outcome.unwritten {
            add(problem, of: prepared[position].held, to: &refusal, &lost)
        }
        guard refusal.reasons.isEmpty else {
            refusal.lost = lost
            throw refusal
        }
        return lost
    }

    private func add(
        _ problem: SettledBatch.Unwritten, of held: RQHeld, to refusal: inout CompletionRefusal,
        _ lost: inout Set<Receipt>
    ) {
        let error = BrokerError(.refused, "redis at \(StoreError.place(client.configuration)): \(problem.reason)")
        guard problem.part == .place else {
            refusal.reasons[held.receipt] = .init(part: .continuation, error: error)
            return
        }
        // The job comes back when its lease has ended and the key is right again.
        lost.insert(held.receipt)
        logger.error(
            "A job could not be put back into its queue; it stays held",
            metadata: ["task_id": "\(held.id)", "queue": "\(held.queue)", "error": "\(error)"])
    }

    func prepare(_ settlement: Settlement, of held: RQHeld) throws -> RQPreparedEnd {
        try prepare(Completion(receipt: held.receipt, settlement: settlement), of: held, [])
    }

    private func prepare(
        _ completion: Completion, of held: RQHeld, _ continuation: [RQPreparedJob]
    ) throws -> RQPreparedEnd {
        let change = completion.change
        let decision = RQEndDecision(
            held: held, change: change, now: time.now, options: options,
            wasStopped: change?.state == .revoked && identity.isToBeStopped(held.id),
            isAskedRetry: completion.isAskedRetry)
        let ending = try decision.ending(for: completion.settlement)
        let webhooks = options.webhooks == .send ? decision.webhooks(at: ending) : []
        return RQPreparedEnd(held, ending, continuation, webhooks)
    }

    /// Prepares the failure of a job that cannot be read, so that no task sees it.
    func prepareUnreadable(_ held: RQHeld, reason: String) throws -> RQPreparedEnd {
        try prepare(.deadLetter(reason: reason), of: held)
    }

    /// - Throws: ``BrokerError``; then all of them are held as before, as far as this process knows.
    func end(_ ends: [RQPreparedEnd]) async throws -> SettledBatch {
        guard !ends.isEmpty else { return SettledBatch() }
        do {
            let outcome = try await self.ends.submit(ends) { [self] requests, deadline in
                try await end(requests, deadline: deadline)
            }
            for (position, problem) in outcome.unwritten where problem.part != .place {
                held.putBack(ends[position].held)
            }
            return outcome
        } catch {
            for end in ends { held.putBack(end.held) }
            throw error
        }
    }

    private func end(_ requests: [[RQPreparedEnd]], deadline: Duration) async throws -> [SettledBatch] {
        let all = requests.flatMap { $0 }
        var words: RESPWords = [all.count]
        for end in all { words.append(contentsOf: end.words) }
        let outcome = try SettledBatch(
            try await run(RQScripts.end, words, deadline: deadline), order: Array(all.indices), script: "END")
        let isWritten = { !outcome.lost.contains($0) && outcome.unwritten[$0] == nil }
        identity.haveEnded(all.indices.lazy.filter { outcome.unwritten[$0] == nil }.map { all[$0].held.id })
        for (position, end) in all.enumerated() where !end.webhooks.isEmpty && isWritten(position) {
            webhooks.send(end.webhooks)
        }
        wakeUps.ring(all.reduce(into: Set<QueueName>()) { $0.formUnion($1.queues) })
        var offset = 0
        return requests.map { request in
            defer { offset += request.count }
            return outcome.part(from: offset, count: request.count)
        }
    }

    /// Refreshes everything that RQ's maintenance checks, so that no peer considers a running job abandoned.
    func extendLeases(_ receipts: [Receipt], by duration: Duration) async throws -> Set<Receipt> {
        var lost: Set<Receipt> = []
        var kept: [RQHeld] = []
        for receipt in receipts {
            if let held = held.delivery(of: receipt) { kept.append(held) } else { lost.insert(receipt) }
        }
        for start in stride(from: 0, to: kept.count, by: 500) {
            let part = kept[start..<min(start + 500, kept.count)]
            var words: RESPWords = [duration.microseconds]
            for held in part { held.append(to: &words) }
            for index in try await run(RQScripts.renew, words).indices(below: part.count, of: "RENEW") {
                lost.insert(part[start + index].receipt)
            }
        }
        return lost
    }
}

/// The end of an execution, ready to be sent.
struct RQPreparedEnd: Sendable {
    let held: RQHeld
    let words: RESPWords
    /// The queues that may hold something afterwards.
    let queues: Set<QueueName>
    /// The webhooks to call once the end is written.
    let webhooks: [WebhookCall]

    init(_ held: RQHeld, _ ending: RQEnding, _ continuation: [RQPreparedJob], _ webhooks: [WebhookCall]) {
        var rest = RESPWords()
        held.append(to: &rest)
        ending.append(to: &rest)
        rest.append(continuation.count)
        for job in continuation { job.append(to: &rest) }
        var words: RESPWords = [rest.count]
        words.append(contentsOf: rest)
        self.held = held
        self.words = words
        self.webhooks = webhooks
        queues = Set(continuation.map(\.queue) + [held.queue])
    }
}

extension RQHeld {
    /// Appends queue, job, execution and worker, which the fence reads.
    fileprivate func append(to words: inout RESPWords) {
        words.append(queue.rawValue)
        words.append(id.rawValue)
        words.append(execution)
        words.append(worker)
    }
}
