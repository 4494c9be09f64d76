package import CeleriacCore
package import Foundation

/// A newly claimed message as it is stored. Its consumer decodes it.
package struct ClaimedMessage: Sendable {
    package let receipt: Receipt
    package let message: StoredMessage
    package let deliveryCount: Int
    package let isRevoked: Bool

    package init(receipt: Receipt, message: StoredMessage, deliveryCount: Int, isRevoked: Bool) {
        self.receipt = receipt
        self.message = message
        self.deliveryCount = deliveryCount
        self.isRevoked = isRevoked
    }
}

extension [ClaimedMessage] {
    /// Decodes the envelopes.
    ///
    /// - Parameters:
    ///   - deadline: when the leases end, by the consumer's clock.
    ///   - now: when a call ends whose message cannot be decoded.
    ///   - park: settles such a message as a dead letter, and records its call as failed.
    package func deliveries(
        until deadline: Duration, at now: Date, parking park: (Completion) async throws -> Void
    ) async throws -> [Delivery] {
        var deliveries: [Delivery] = []
        deliveries.reserveCapacity(count)
        for claimed in self {
            do {
                deliveries.append(
                    Delivery(
                        receipt: claimed.receipt, envelope: try claimed.message.envelope(),
                        deliveryCount: .exact(claimed.deliveryCount), leaseDeadline: deadline,
                        isRevoked: claimed.isRevoked))
            } catch {
                let reason = "its headers cannot be read: \(error)"
                let change = StateChange.unreadable(claimed.message.id, reason, in: claimed.receipt.queue, at: now)
                try await park(
                    Completion(receipt: claimed.receipt, settlement: .deadLetter(reason: reason), change: change))
            }
        }
        return deliveries
    }
}
