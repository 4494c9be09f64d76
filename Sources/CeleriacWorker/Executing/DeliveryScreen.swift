import CeleriacCore
import Logging

/// Checks claimed deliveries before they start, for facts that the broker cannot know because another store keeps them.
struct DeliveryScreen: Sendable {
    private let app: TaskApp
    /// `nil` if the broker checks revocations itself when it claims, or if no store keeps revocations.
    private let revocations: (any RevocationStore)?
    /// `nil` if the broker publishes each tick only once, or if no results are kept.
    private let results: (any ResultBackend)?

    /// - Returns: `nil` if there is nothing to check.
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

    /// The deliveries of ticks whose call has already ended: two beats have published the tick under the same id.
    func repeated(among deliveries: [Delivery]) async -> Set<Receipt> {
        guard let results else { return [] }
        let ticks = deliveries.filter { $0.envelope.extra[Tick.header] != nil }
        guard !ticks.isEmpty else { return [] }
        do {
            let records = try await results.records(of: ticks.map(\.id))
            return Set(ticks.filter { records[$0.id]?.state.isTerminal == true }.map(\.receipt))
        } catch {
            app.logger.warning("results could not be read", metadata: ["error": "\(error)"])
            return []
        }
    }
}

extension Delivery {
    fileprivate var revoked: Delivery {
        Delivery(
            receipt: receipt, envelope: envelope, deliveryCount: deliveryCount, leaseDeadline: leaseDeadline,
            isRevoked: true)
    }
}
