import AMQPClient
import CeleriacCore
import Foundation
import Logging

extension Subscription {
    /// Parks messages that cannot be read, and puts off messages that are early.
    ///
    /// The archive of dead letters gets what cannot be read, if the worker has one and it takes the message; otherwise
    /// the queue of the dead does.
    ///
    /// A message that could not be moved goes back to the queue after a pause, so that no message is held forever.
    func tend(_ refusals: [Refusal]) async {
        var moved: [(Refusal, Outgoing)] = []
        for refusal in refusals {
            switch refusal.reason {
            case .unreadable(let reason):
                store.logger.warning(
                    "A message that cannot be read is parked", metadata: ["queue": "\(queue)", "reason": "\(reason)"])
                if await isBuried(refusal.delivery, reason) {
                    try? refusal.session.ack([refusal.delivery])
                    continue
                }
                moved.append((refusal, store.parked(refusal.delivery, of: queue, reason)))
            case .early(let eta) where refusal.session.ownQueue == nil && DelayLevels.canTarget(queue.rawValue):
                moved.append((refusal, store.copy(of: refusal.delivery, to: queue, notBefore: eta)))
            case .early(let eta):
                Task { await hold(refusal, for: .bounded(seconds: eta.timeIntervalSince(store.time.now))) }
            }
        }
        guard !moved.isEmpty else { return }
        for ((refusal, _), outcome) in zip(moved, await store.send(moved.map(\.1))) {
            switch outcome {
            case .success: try? refusal.session.ack([refusal.delivery])
            case .failure(let error): await giveBack(refusal, error)
            }
        }
    }

    private func isBuried(_ delivery: AMQPDelivery, _ reason: String) async -> Bool {
        guard let buryUnreadable else { return false }
        do {
            try await buryUnreadable(try store.unreadable(delivery, of: queue, reason))
            return true
        } catch {
            store.logger.warning(
                "The result backend did not take a dead letter; it goes to the queue of the dead",
                metadata: ["queue": "\(queue)", "error": "\(error)"])
            return false
        }
    }

    /// Holds a message until its eta, as Celery's workers do.
    private func hold(_ refusal: Refusal, for duration: Duration) async {
        guard let arrival = refusal.arrival, (try? await store.time.sleep(for: duration)) != nil else { return }
        if refusal.session.channel.closure == nil { admit([arrival]) }
    }

    private func giveBack(_ refusal: Refusal, _ error: any Error) async {
        store.logger.warning(
            "A message could not be parked or put off; it goes back to its queue",
            metadata: ["queue": "\(queue)", "error": "\(error)"])
        try? await Task.sleep(for: .seconds(1))
        try? refusal.session.requeue(refusal.delivery)
    }
}
