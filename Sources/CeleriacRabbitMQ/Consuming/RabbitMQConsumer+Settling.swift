import AMQPClient
import CeleriacCore
import Synchronization

extension RabbitMQConsumer {
    /// A settlement that keeps the message: a copy is published first, and the delivery acked once it is confirmed.
    private struct Copy {
        let held: Held
        let message: Outgoing
    }

    func settle(_ settlements: [(Receipt, Settlement)]) async throws -> Set<Receipt> {
        var lost: Set<Receipt> = []
        var acked: [Held] = []
        var copies: [Copy] = []
        var refusal = CompletionRefusal()
        for (receipt, settlement) in settlements {
            guard let held = held.withLock({ $0.take(receipt) }) else {
                lost.insert(receipt)
                continue
            }
            let (queue, own) = (receipt.queue, held.session.ownQueue)
            switch settlement {
            case .ack: acked.append(held)
            case .release(notBefore: nil) where !store.countsRequeues(of: held.delivery, held.session):
                if !requeue(held) { lost.insert(receipt) }
            case .release(let date):
                copies.append(
                    Copy(held: held, message: store.copy(of: held.delivery, to: queue, own: own, notBefore: date)))
            case .retry(let envelope, let date):
                do {
                    let message = try store.outgoing(envelope, to: queue, own: own, notBefore: date)
                    copies.append(Copy(held: held, message: message))
                } catch {
                    refuse(held, error, &refusal)
                }
            case .deadLetter(let reason):
                copies.append(Copy(held: held, message: store.parked(held.delivery, of: queue, reason)))
            }
        }
        lost.formUnion(ack(acked))
        note(settled: acked)
        if !copies.isEmpty { lost.formUnion(try await keep(copies, &refusal)) }
        guard !refusal.reasons.isEmpty else { return lost }
        refusal.lost = lost
        throw refusal
    }

    /// Tells each queue how many of its deliveries were settled.
    private func note(settled all: [Held]) {
        let now = store.time.uptime
        for some in all.runs(where: { $0.receipt.queue == $1.receipt.queue }) {
            subscription(of: some[0].receipt.queue)?.note(settled: some.count, at: now)
        }
    }

    /// - Returns: the receipts whose channel has ended.
    private func ack(_ all: [Held]) -> Set<Receipt> {
        var lost: Set<Receipt> = []
        for some in all.runs(where: { $0.session === $1.session }) {
            do { try some[0].session.ack(some.map(\.delivery)) } catch { lost.formUnion(some.map(\.receipt)) }
        }
        return lost
    }

    private func requeue(_ held: Held) -> Bool {
        do { try held.session.requeue(held.delivery) } catch { return false }
        return true
    }

    /// Publishes the copies, and acks the deliveries whose copy was taken. The others stay held.
    ///
    /// - Throws: `CancellationError`.
    private func keep(_ copies: [Copy], _ refusal: inout CompletionRefusal) async throws -> Set<Receipt> {
        let outcomes = await store.send(copies.map(\.message))
        var kept: [Held] = []
        var isCancelled = false
        for (copy, outcome) in zip(copies, outcomes) {
            switch outcome {
            case .success: kept.append(copy.held)
            case .failure(let error):
                isCancelled = isCancelled || error is CancellationError
                refuse(copy.held, error, &refusal)
            }
        }
        let lost = ack(kept)
        if isCancelled { throw CancellationError() }
        return lost
    }

    /// Notes that a delivery stays held, and why.
    private func refuse(_ delivery: Held, _ error: any Error, _ refusal: inout CompletionRefusal) {
        held.withLock { $0.putBack(delivery) }
        refusal.reasons[delivery.receipt] = .init(part: .continuation, error: StoreError.refusal(error))
    }
}

extension [Held] {
    /// The neighbours that belong together: nearly always all of them.
    fileprivate func runs(where areTogether: (Held, Held) -> Bool) -> [[Held]] {
        var runs: [[Held]] = []
        for held in self {
            if let last = runs.last?.last, areTogether(last, held) {
                runs[runs.count - 1].append(held)
            } else {
                runs.append([held])
            }
        }
        return runs
    }
}
