#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif
package import CeleriacCore

/// One start of a call, as a pool sees it.
///
/// The same value on both sides of a channel: a child rebuilds it from the frame that starts the run.
package struct Run: Sendable {
    package let envelope: Envelope
    package let queue: QueueName
    /// More than 1 after workers died while running the call.
    package let deliveryCount: Int
    package let startedAt: Date
    package let times: TimeLimits
    package let handle: RunHandle

    package init(
        envelope: Envelope, queue: QueueName, deliveryCount: Int, startedAt: Date, times: TimeLimits = TimeLimits(),
        handle: RunHandle
    ) {
        self.envelope = envelope
        self.queue = queue
        self.deliveryCount = deliveryCount
        self.startedAt = startedAt
        self.times = times
        self.handle = handle
    }

    package var id: TaskID { envelope.id }
}
