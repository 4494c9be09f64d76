#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// One due time of one entry of the beat's schedule.
///
/// Its identity depends on entry and date only, so that every beat publishes it under the same id: the second beat
/// finds that the call exists already.
public struct Tick: Sendable, Hashable {
    /// The entry's name in the schedule.
    public let entry: String
    /// When it is due by the schedule, even if it is published later.
    public let date: Date

    public init(entry: String, date: Date) {
        self.entry = entry
        self.date = date
    }

    /// The id of the call that it publishes: a UUID of version 5 in lower case.
    ///
    /// It is derived from the name `entry@date`, with the date as ``ISODate`` writes it, in the namespace
    /// `uuid5(NAMESPACE_URL, "celeriac:beat")`, which is `3f066764-1c91-559b-a233-063384104221`.
    public var taskID: TaskID {
        TaskID(UUID5.text(namespace: Self.namespace, name: name))
    }

    var name: String { "\(entry)@\(ISODate.text(date))" }

    private static let namespace: [UInt8] = [
        0x3F, 0x06, 0x67, 0x64, 0x1C, 0x91, 0x55, 0x9B, 0xA2, 0x33, 0x06, 0x33, 0x84, 0x10, 0x42, 0x21,
    ]
}
