import CeleriacPool
import Logging

/// Stops running attempts whose call is revoked with `terminate`: at once on a hint of the store, and at each renewal.
struct RevocationWatch: Sendable {
    let store: any RevocationStore
    let slots: Slots
    let time: any TimeSource
    let logger: Logger

    /// Returns when cancelled.
    func run() async {
        var generation: Int64 = -1
        while !Task.isCancelled {
            do {
                generation = try await store.nextRevocation(after: generation)
                await stop(slots.held)
            } catch is CancellationError {
                return
            } catch {
                logger.warning("revocations could not be read", metadata: ["error": "\(error)"])
                guard (try? await time.sleep(for: .seconds(1))) != nil else { return }
            }
        }
    }

    func stop(_ held: [Attempt]) async {
        guard !held.isEmpty else { return }
        do {
            let revoked = try await store.revocations(among: held.map(\.delivery.id))
            for attempt in held where revoked[attempt.delivery.id]?.terminate == true {
                attempt.cancel(because: .revoked)
            }
        } catch {
            logger.warning("revocations could not be read", metadata: ["error": "\(error)"])
        }
    }
}
