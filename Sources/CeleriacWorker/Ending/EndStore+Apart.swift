/// Writes ends whose message and record lie in different stores.
extension EndStore {
    /// Records and publishes, then settles.
    ///
    /// At least once on purpose: a crash between the two repeats the task, and the repetition overwrites the state. The
    /// calls that follow then have the same ids, so that a broker recognises the duplicate as long as the first one
    /// waits or runs; and a part counts once.
    func writeApart(_ due: [Ending], _ refusal: inout CompletionRefusal) async throws -> Set<Receipt> {
        let refused = try await tell(of: due, &refusal)
        let written = due.filter { refusal.reasons[$0.receipt] == nil }
        try await buryDead(written)
        let lost = try await settle(written, &refusal)
        let settled = written.filter { !lost.contains($0.receipt) && refusal.reasons[$0.receipt] == nil }
        try await publishReplacements(of: settled, among: refused)
        return lost
    }

    private func settle(_ endings: [Ending], _ refusal: inout CompletionRefusal) async throws -> Set<Receipt> {
        do {
            return try await settle(
                endings.compactMap { ending in ending.settlement.map { (ending.receipt, carried($0)) } })
        } catch let error as CompletionRefusal {
            refusal.reasons.merge(error.reasons) { $1 }
            return error.lost
        }
    }

    /// Writes the ends of calls that were acknowledged before they ran: only their records remain to be written, and a
    /// retry is a new message.
    func writeAcknowledged(_ endings: [Ending], _ refusal: inout CompletionRefusal) async throws {
        let early = endings.filter(\.isAcknowledged)
        guard !early.isEmpty else { return }
        try await repeatAgain(early, &refusal)
        _ = try await tell(of: early.filter { refusal.reasons[$0.receipt] == nil }, &refusal)
    }

    /// Publishes the next attempts together, and those that were not taken each alone: then the error says whether it is
    /// worth another try.
    private func repeatAgain(_ endings: [Ending], _ refusal: inout CompletionRefusal) async throws {
        let repetitions = endings.compactMap { ending in ending.repetition.map { (ending, $0) } }
        guard repetitions.count > 1 else {
            for (ending, repetition) in repetitions { await repeatAlone(ending, repetition, &refusal) }
            return
        }
        var untaken: Set<TaskID>
        do {
            untaken = Set(try await app.broker.publish(repetitions.map(\.1)).untaken.keys)
        } catch let error as BrokerError where error.code == .refused {
            untaken = Set(repetitions.map(\.1.envelope.id))
        }
        for (ending, repetition) in repetitions where untaken.contains(repetition.envelope.id) {
            await repeatAlone(ending, repetition, &refusal)
        }
    }

    private func repeatAlone(_ ending: Ending, _ repetition: Publication, _ refusal: inout CompletionRefusal) async {
        do { try await app.broker.publish([repetition]) } catch {
            let reason = error as? BrokerError ?? BrokerError(.refused, "\(error)")
            refusal.reasons[ending.receipt] = .init(part: .continuation, error: reason)
        }
    }

    /// Records the states and publishes the calls that follow, for all ends at once. If that is refused, it repeats
    /// this for each end alone, so that one end harms no other.
    ///
    /// - Returns: the ids of the publications that the broker refused as duplicates.
    private func tell(of endings: [Ending], _ refusal: inout CompletionRefusal) async throws -> Set<TaskID> {
        do {
            try await record(endings)
            return try await carryOn(endings)
        } catch let error as BrokerError where error.code == .refused {
            var refused: Set<TaskID> = []
            for ending in endings { refused.formUnion(try await tell(of: ending, &refusal)) }
            return refused
        }
    }

    private func tell(of ending: Ending, _ refusal: inout CompletionRefusal) async throws -> Set<TaskID> {
        var part = CompletionRefusal.Reason.Part.result
        do {
            try await record([ending])
            part = .continuation
            return try await carryOn([ending])
        } catch let error as BrokerError where error.code == .refused {
            refusal.reasons[ending.receipt] = .init(part: part, error: error)
            return []
        }
    }

    private func record(_ endings: [Ending]) async throws {
        let changes = endings.compactMap(\.record)
        if !changes.isEmpty, let results = app.results { try await results.record(changes) }
        try await recordFailed(endings)
    }

    /// Fails the calls that will never run. Does so before the call that they waited for is settled, so that their
    /// callers are not forgotten. If that call runs again after all and succeeds, the calls that follow succeed too,
    /// and SUCCESS wins.
    private func recordFailed(_ endings: [Ending]) async throws {
        let failed = endings.flatMap { $0.next?.failed ?? [] }
        if !failed.isEmpty, let results = app.results { try await results.record(failed) }
    }

    /// Opens chords before the calls of their headers are published, and reports the parts.
    ///
    /// - Returns: the ids of the publications that the broker refused as duplicates.
    private func carryOn(_ endings: [Ending]) async throws -> Set<TaskID> {
        let steps = endings.flatMap { $0.next?.chordSteps ?? [] }
        if !steps.isEmpty, let chords = app.backend.chords { try await chords.take(steps) }
        let publications = endings.flatMap { $0.next?.publications ?? [] }
        guard !publications.isEmpty else { return [] }
        return Set(try await app.publisher.publish(publications).duplicates.keys)
    }

    /// Publishes again the calls that replace a call under its own id: a broker that knows ids refuses them as long as
    /// the replaced call exists. Only a crash at this moment loses such a call, so a broker that knows ids is best its
    /// own result backend.
    private func publishReplacements(of endings: [Ending], among refused: Set<TaskID>) async throws {
        let late = endings.filter { $0.verdict.replacement != nil && refused.contains($0.attempt.delivery.id) }
            .flatMap { ending in
                (ending.next?.publications ?? []).filter { $0.envelope.id == ending.attempt.delivery.id }
            }
        if !late.isEmpty { try await app.publisher.publish(late) }
    }
}
