#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif
package import CeleriacCore

/// Where and when a canvas is sent: what its calls inherit.
public struct CanvasSurroundings: Sendable, Hashable {
    /// What a priority on the wire means.
    public enum Priorities: Sendable, Hashable {
        /// 0 is served first and 9 last, as on Celery's Redis; 0 says nothing.
        case lowFirst
        /// 9 is served first, as on RabbitMQ.
        case highFirst
    }

    /// The root of the task that sends it; `nil` outside of tasks, where each call is its own root.
    package var rootID: TaskID?
    /// The task that sends it.
    package var parentID: TaskID?
    /// Where results are to be sent besides the result backend: Celery's `reply_to`, which it always writes.
    package var replyTo: String?
    /// Stamps of the task that sends it; a call's own stamps of the same names win.
    package var stamps: JSONObject
    package var priorities: Priorities
    package var now: Date

    package init(
        rootID: TaskID? = nil, parentID: TaskID? = nil, replyTo: String? = nil, stamps: JSONObject = [:],
        priorities: Priorities = .lowFirst, now: Date
    ) {
        self.rootID = rootID
        self.parentID = parentID
        self.replyTo = replyTo
        self.stamps = stamps
        self.priorities = priorities
        self.now = now
    }

    func priority(ofWire priority: Int) -> CallPriority? {
        switch priorities {
        case .lowFirst: priority == 0 ? nil : CallPriority(clamping: 9 - min(9, max(0, priority)))
        case .highFirst: CallPriority(clamping: priority)
        }
    }
}
