import CeleriacPool
import Logging
import Synchronization

/// Extends the leases of all deliveries that the worker holds, and cancels attempts that have lost theirs.
///
/// Deliveries that are acknowledged before they run have no lease to lose. Runs on the worker's own lane, which no user
/// task can block. It trusts a lease only until `last renewal + lease - margin`. After that another worker may have the
/// message, so the attempt is cancelled and its result dropped, without waiting for an answer of the broker.
///
/// A loss that the consumer itself reports is acted on at once.
struct LeaseKeeper: Sendable {
    let consumer: any Consumer
    let slots: Slots
    let lease: Duration
    /// `nil` if the broker keeps no revocations.
    let revocations: RevocationWatch?
    let time: any TimeSource
    let logger: Logger

    private var pause: Duration { lease / 3 }
    private var margin: Duration { min(.seconds(2), lease / 5) }

    /// Returns when cancelled.
    func run() async {
        var trustedUntil: [Receipt: Duration] = [:]
        while (try? await time.sleep(for: pause)) != nil {
            let held = slots.held
            trustedUntil = await renew(held.filter { $0.acknowledgement == .none }, trustedUntil)
            await revocations?.stop(held)
        }
    }

    /// Cancels attempts as soon as the consumer reports that their deliveries are lost. Returns when the stream ends,
    /// or when cancelled.
    func watchLosses() async {
        for await lost in consumer.losses { stop(slots.held, lost) }
    }

    private func stop(_ held: [Attempt], _ lost: Set<Receipt>) {
        for attempt in held where lost.contains(attempt.delivery.receipt) && attempt.acknowledgement == .none {
            cancel(attempt)
        }
    }

    private func cancel(_ attempt: Attempt) {
        let (delivery, isNews) = (attempt.delivery, attempt.cancelReason != .leaseLost)
        attempt.cancel(because: .leaseLost)
        guard isNews else { return }
        logger.warning(
            "leaseLost: a running attempt is cancelled and its result dropped; the call runs again",
            metadata: [
                "task_id": "\(delivery.id)", "task": "\(delivery.envelope.task)", "queue": "\(delivery.queue)",
                "receipt": "\(delivery.receipt)",
            ])
    }

    private func renew(_ held: [Attempt], _ known: [Receipt: Duration]) async -> [Receipt: Duration] {
        guard !held.isEmpty else { return [:] }
        let asked = time.uptime
        do {
            let lost = try await consumer.extendLeases(held.map(\.delivery.receipt), by: lease)
            stop(held, lost)
            return held.reduce(into: [:]) { $0[$1.delivery.receipt] = asked + lease - margin }
        } catch {
            logger.warning(
                "leases could not be extended", metadata: ["error": "\(error)", "count": "\(held.count)"])
            return distrust(held, known)
        }
    }

    private func distrust(_ held: [Attempt], _ known: [Receipt: Duration]) -> [Receipt: Duration] {
        let now = time.uptime
        return held.reduce(into: [:]) { trusted, attempt in
            let deadline = attempt.delivery.leaseDeadline.map { $0 - margin } ?? .seconds(Int64.max)
            let until = known[attempt.delivery.receipt] ?? deadline
            // Cancels if the lease does not hold until the next try.
            if until <= now + pause / 2 { cancel(attempt) }
            trusted[attempt.delivery.receipt] = until
        }
    }
}
