#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// A call that a worker holds until its eta.
public struct ScheduledCall: Sendable, Hashable {
    /// The call.
    public let call: HeldCall
    /// The earliest start; `nil` if the worker's text is not a date.
    public let eta: Date?
    /// The priority in the worker's timer, not the priority of the call.
    public let priority: Int?

    /// - Returns: `nil` if the value does not describe a scheduled call.
    package init?(_ json: JSONValue) {
        guard let call = json["request"].flatMap(HeldCall.init) else { return nil }
        self.call = call
        eta = json["eta"]?.stringValue.flatMap(ISODate.parse)
        priority = json["priority"]?.intValue
    }
}
