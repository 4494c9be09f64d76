#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// A call that a worker holds until its time.
public struct ScheduledCall: Sendable, Hashable {
    public let call: HeldCall
    /// `nil` where the worker's text for it is no date.
    public let eta: Date?
    /// Of the worker's timer: not the call's.
    public let priority: Int?

    /// - Returns: `nil` where the value is no description of a scheduled call.
    public init?(_ json: JSONValue) {
        guard let call = json["request"].flatMap(HeldCall.init) else { return nil }
        self.call = call
        eta = json["eta"]?.stringValue.flatMap(ISODate.parse)
        priority = json["priority"]?.intValue
    }
}
