import Logging

/// Ends of attempts whose tasks have written in a transaction of the store, see ``TaskContext/transaction(of:)``.
extension EndStore {
    /// Commits each transaction together with the end of its attempt, or rolls it back if the attempt did not succeed.
    ///
    /// - Parameter lost: receives the receipts whose end was not written, or perhaps was: their calls come back unless it
    ///   was.
    /// - Returns: the endings that are still to be written.
    func writeEffects(
        _ endings: [Ending], _ lost: inout Set<Receipt>, _ refusal: inout CompletionRefusal
    ) async -> [Ending] {
        guard app.backend.effects != nil else { return endings }
        var rest: [Ending] = []
        for ending in endings {
            guard let effect = ending.execution.context?.takeEffect() else { rest.append(ending); continue }
            guard case .done = ending.verdict else {
                await effect.rollBack()
                rest.append(ending)
                continue
            }
            await commit(effect, ending, &lost, &refusal)
            // Its record, if it has one, is written with the others.
            if ending.isAcknowledged, refusal.reasons[ending.receipt] == nil { rest.append(ending) }
        }
        return rest
    }

    private func commit(
        _ effect: OpenEffect, _ ending: Ending, _ lost: inout Set<Receipt>, _ refusal: inout CompletionRefusal
    ) async {
        do {
            let isCommitted = try await effect.commit(Completion(ending))
            if !isCommitted { lost.insert(ending.receipt) }
            if isCommitted, let next = ending.next { await app.publisher.announce(next.publications) }
        } catch let error as BrokerError where !error.isTransient {
            refusal.reasons[ending.receipt] = .init(part: .effect, error: error)
        } catch {
            // The next attempt must not be acknowledged without its writes, so this end is given up.
            lost.insert(ending.receipt)
            app.logger.warning(
                "whether the transaction of a call was committed is unknown; if not, the call comes again when its lease is over",
                metadata: ["task_id": "\(ending.attempt.delivery.id)", "error": "\(error)"])
        }
    }
}
