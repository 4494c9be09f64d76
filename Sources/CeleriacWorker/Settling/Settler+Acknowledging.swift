import CeleriacPool

extension Settler {
    /// A delivery that is about to run, and the answer that its task waits for.
    final class Acknowledgement: Sendable {
        let attempt: Attempt
        let answer = OneShot<Result<Void, any Error>>()

        init(attempt: Attempt) { self.attempt = attempt }
    }

    /// Acknowledges a delivery before its task runs. Returns once the broker has confirmed it.
    ///
    /// - Throws: `BrokerError`, also if the lease was lost; `CancellationError` after ``finish()``. The broker then
    ///   still owns the message.
    func acknowledge(_ attempt: Attempt) async throws {
        let asked = Acknowledgement(attempt: attempt)
        attempt.acknowledgement = .asked
        do {
            guard acknowledgements.put(asked) else { throw CancellationError() }
            try await asked.answer.value.get()
            attempt.acknowledgement = .confirmed
        } catch {
            attempt.acknowledgement = .none
            throw error
        }
    }

    /// Carries out the requested acknowledgements in batches, until ``finish()``.
    func acknowledgeAsked() async {
        while let asked = await acknowledgements.next() { await acknowledge(asked) }
    }

    private func acknowledge(_ asked: [Acknowledgement]) async {
        do {
            let lost = try await store.acknowledge(asked.map(\.attempt.delivery.receipt))
            for one in asked {
                let receipt = one.attempt.delivery.receipt
                let isLost = lost.contains(receipt)
                one.answer.resolve(isLost ? .failure(BrokerError(.refused, "leaseLost: \(receipt)")) : .success(()))
            }
        } catch {
            for one in asked { one.answer.resolve(.failure(error)) }
        }
    }
}
