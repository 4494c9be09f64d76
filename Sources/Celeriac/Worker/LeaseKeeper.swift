import Logging
import Synchronization

/// Extends the leases of everything the worker holds, and tells attempts that lost theirs to stop.
///
/// Runs on the worker's own lane, which no user task can block. It trusts a lease only until
/// `last renewal + lease - margin`: after that another worker may have the message, so the attempt is cancelled and its
/// result dropped, without waiting for the broker to say so.
struct LeaseKeeper: Sendable {
    let app: TaskApp
    let slots: Slots
    let lease: Duration

    private var pause: Duration { lease / 3 }
    private var margin: Duration { min(.seconds(2), lease / 5) }

    /// Returns when cancelled.
    func run() async {
        var trustedUntil: [Receipt: Duration] = [:]
        while (try? await app.time.sleep(for: pause)) != nil {
            let held = slots.held
            trustedUntil = await renew(held, trustedUntil)
            await stopRevoked(held)
        }
    }

    private func renew(_ held: [Attempt], _ known: [Receipt: Duration]) async -> [Receipt: Duration] {
        guard !held.isEmpty else { return [:] }
        let asked = app.time.uptime
        do {
            let lost = try await app.broker.extendLeases(held.map(\.delivery.receipt), by: lease)
            for attempt in held where lost.contains(attempt.delivery.receipt) { attempt.cancel(because: .leaseLost) }
            return held.reduce(into: [:]) { $0[$1.delivery.receipt] = asked + lease - margin }
        } catch {
            app.logger.warning(
                "leases could not be extended", metadata: ["error": "\(error)", "count": "\(held.count)"])
            return distrust(held, known)
        }
    }

    private func distrust(_ held: [Attempt], _ known: [Receipt: Duration]) -> [Receipt: Duration] {
        let now = app.time.uptime
        return held.reduce(into: [:]) { trusted, attempt in
            let deadline = attempt.delivery.leaseDeadline.map { $0 - margin } ?? .seconds(Int64.max)
            let until = known[attempt.delivery.receipt] ?? deadline
            // Whether it holds until the next try.
            if until <= now + pause / 2 { attempt.cancel(because: .leaseLost) }
            trusted[attempt.delivery.receipt] = until
        }
    }

    private func stopRevoked(_ held: [Attempt]) async {
        guard let revocations = app.backend.revocations else { return }
        await RevocationWatch(app: app, store: revocations, slots: slots).stop(held)
    }
}
