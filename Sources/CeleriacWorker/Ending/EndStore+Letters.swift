/// Dead letters of a broker that keeps none: they are buried in the result backend's archive, then acknowledged.
extension EndStore {
    /// Buries before the settlement, so that a crash between the two repeats the call and loses no letter.
    func buryDead(_ endings: [Ending]) async throws {
        guard let archive = app.backend.archive else { return }
        let letters = endings.compactMap { ending -> DeadLetter? in
            guard case .deadLetter(let reason) = ending.settlement else { return nil }
            let delivery = ending.attempt.delivery
            // The same date at each attempt, so that the archive recognises the letter.
            return DeadLetter(
                envelope: delivery.envelope, queue: delivery.queue, reason: reason, diedAt: ending.attempt.claimedAt)
        }
        if !letters.isEmpty { try await archive.bury(letters) }
    }

    /// The settlement that the broker gets: a buried letter is acknowledged.
    func carried(_ settlement: Settlement) -> Settlement {
        guard app.backend.archive != nil, case .deadLetter = settlement else { return settlement }
        return .ack
    }
}

extension Backend {
    /// Records the call of a message that the broker cannot read as failed, and puts the message into the archive of dead
    /// letters. `nil` without an archive.
    ///
    /// The failure is recorded first: if the burial fails, the broker keeps the message, and the caller knows already.
    var burialOfUnreadable: (@Sendable (UnreadableMessage) async throws -> Void)? {
        guard let archive else { return nil }
        return { [results] message in
            let letter = message.letter
            if let id = message.callID, let results {
                try await results.record([.unreadable(id, letter.reason, in: letter.queue, at: letter.diedAt)])
            }
            try await archive.bury([letter])
        }
    }
}
