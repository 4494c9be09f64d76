import CeleriacCore
import Logging

/// Looks at claimed deliveries before they start, for what the broker cannot know since another store keeps it.
struct DeliveryScreen: Sendable {
    private let app: TaskApp
    /// `nil` if the broker looks at revocations in the claim, or nothing keeps any.
    private let revocations: (any RevocationStore)?
    /// `nil` if the broker publishes each tick once, or no results are kept.
    private let results: (any ResultBackend)?

    /// - Returns: `nil` if there is nothing to look for.
    init?(_ app: TaskApp) {
        let backend = app.backend
        self.app = app
        revocations = backend.brokerSeesRevocations ? nil : backend.revocations
        results = backend.schedule == nil || backend.scheduleBroker != nil ? nil : backend.results
        if revocations == nil, results == nil { return nil }
    }

    /// Marks the deliveries of revoked calls.
    func markingRevoked(_ deliveries: [Delivery]) async -> [Delivery] {
        guard let revocations, !deliveries.isEmpty else { return deliveries }
        do {
            let revoked = try await revocations.revocations(among: deliveries.map(\.id))
            return revoked.isEmpty ? deliveries : deliveries.map { revoked[$0.id] == nil ? $0 : $0.revoked }
        } catch {
            app.logger.warning("revocations could not be read", metadata: ["error": "\(error)"])
            return deliveries
        }
    }

    /// The deliveries of ticks whose call has ended already: two beats have published them, under one id.
    func repeated(among deliveries: [Delivery]) async -> Set<Receipt> {
        guard let results else { return [] }
        var repeated: Set<Receipt> = []
        for delivery in deliveries where delivery.envelope.extra[Tick.header] != nil {
            do {
                guard try await results.record(of: delivery.id)?.state.isTerminal == true else { continue }
                repeated.insert(delivery.receipt)
            } catch {
                app.logger.warning("a result could not be read", metadata: ["error": "\(error)"])
            }
        }
        return repeated
    }
}

extension Delivery {
    fileprivate var revoked: Delivery {
        Delivery(
            receipt: receipt, envelope: envelope, deliveryCount: deliveryCount, leaseDeadline: leaseDeadline,
            isRevoked: true)
    }
}
