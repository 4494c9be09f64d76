/// Headers that the server or this store adds. They concern one copy of a message, so that neither an envelope nor
/// another copy keeps them.
///
/// They are also removed from the headers of callers: a `CC` that is not a list of texts, for example, closes the
/// channel of the whole process.
enum ReservedHeaders {
    /// How often the message was delivered and not settled; quorum queues only.
    static let deliveryCount = "x-delivery-count"
    /// The list of the queues in which the message died, the latest first.
    static let deaths = "x-death"
    static let firstDeathReason = "x-first-death-reason"
    static let firstDeathQueue = "x-first-death-queue"

    /// The headers that the server reads or writes.
    private static let wholes: Set<String> = [deaths, deliveryCount, "x-acquired-count", "CC", "BCC"]
    private static let stems = ["x-celeriac-", "x-first-death-", "x-last-death-"]

    static func contains(_ name: String) -> Bool {
        // Nearly every header begins with another letter.
        switch name.utf8.first {
        case UInt8(ascii: "x"): wholes.contains(name) || stems.contains { name.utf8.starts(with: $0.utf8) }
        case UInt8(ascii: "C"), UInt8(ascii: "B"): wholes.contains(name)
        default: false
        }
    }
}
