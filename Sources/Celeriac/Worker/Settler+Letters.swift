import CeleriacCore

/// Dead letters of a broker that keeps none: they are buried in the archive of the result backend, then acknowledged.
extension Settlements {
    /// Before the settlement, so that a crash between the two repeats the call and loses no letter.
    func buryDead(_ ends: [Settler.End]) async throws {
        guard let archive = app.backend.archive else { return }
        let letters = ends.compactMap { end -> DeadLetter? in
            guard case .deadLetter(let reason) = end.decision.settlement else { return nil }
            let delivery = end.attempt.delivery
            // The same date at each try, so that the archive knows the letter again.
            return DeadLetter(
                envelope: delivery.envelope, queue: delivery.queue, reason: reason, diedAt: end.attempt.claimedAt)
        }
        if !letters.isEmpty { try await archive.bury(letters) }
    }
}

extension TaskApp {
    /// The settlement as the broker gets it.
    func carried(_ settlement: Settlement) -> Settlement {
        guard backend.archive != nil, case .deadLetter = settlement else { return settlement }
        return .ack
    }
}
