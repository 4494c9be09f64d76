package import Logging
package import StoreKit

extension HeldDeliveries {
    /// Gives back everything that a consumer holds. The last claimed message goes first, so that the messages come
    /// again in their old order. Also works in a cancelled task.
    package func giveBackAll(
        of consumer: Int64, _ logger: Logger, release: ([Item]) async throws -> SettledBatch
    ) async {
        let all = takeAll(of: consumer)
        do {
            let outcome = try await release(all)
            if let problem = outcome.unwritten.values.first {
                logger.error(
                    "A consumer could not give back all that it held; it stays held",
                    metadata: ["count": "\(outcome.unwritten.count)", "error": "\(problem.reason)"])
            }
        } catch {
            // Nothing else can be done: the messages come back when their leases end.
            _ = takeAll(of: consumer)
            logger.warning(
                "Could not give back what a consumer held; its leases will lapse",
                metadata: ["count": "\(all.count)", "error": "\(error)"])
        }
    }
}
