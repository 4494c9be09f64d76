#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif
package import CeleriacCore

/// Where and when a canvas is sent: the values that its calls inherit.
public struct CanvasSurroundings: Sendable, Hashable {
    /// The root of the task that sends it; `nil` outside a task, where each call is its own root.
    package var rootID: TaskID?
    /// The task that sends it.
    package var parentID: TaskID?
    /// Where results are sent in addition to the result backend: Celery's `reply_to`, which Celery always writes.
    package var replyTo: String?
    /// The stamps of the task that sends it; a call's own stamps override them.
    package var stamps: JSONObject
    package var now: Date

    package init(
        rootID: TaskID? = nil, parentID: TaskID? = nil, replyTo: String? = nil, stamps: JSONObject = [:], now: Date
    ) {
        self.rootID = rootID
        self.parentID = parentID
        self.replyTo = replyTo
        self.stamps = stamps
        self.now = now
    }
}
