/// The names that cannot be queue names on any broker, because they are used for something else.
///
/// On Redis each of them is, or begins, a key or a list of another use: a queue of that name would take its place, and
/// the workers of other queues would fail on it. They are refused on every broker, so that a program can change its
/// broker.
/// Sources (5.7): `kombu/transport/redis.py`, `kombu/pidbox.py`, `celery/backends/base.py`,
/// `celery/events/receiver.py`.
enum ReservedNames {
    private static let stems: [(StaticString, owner: String)] = [
        ("celeriac.", "Celeriac's own keys begin with celeriac."),
        ("_kombu.", "kombu's bindings begin with _kombu."),
        ("celery-task-meta-", results), ("celery-taskset-meta-", results), ("chord-unlock-", results),
        ("celeryev.", events),
    ]
    private static let wholes: [(StaticString, owner: String)] = [
        ("unacked", unacked), ("unacked_index", unacked), ("unacked_mutex", unacked), ("celeryev", events),
    ]
    private static let mailbox = StaticString(".pidbox")

    private static let results = "Celery's results use keys with this prefix"
    private static let unacked = "kombu stores the messages that workers hold under it"
    private static let events = "Celery sends its events through it"

    /// - Returns: what the name is used for, as a reason; `nil` if it is free.
    static func owner(of name: String) -> String? {
        guard mayBeReserved(name.utf8) else { return nil }
        if let stem = stems.first(where: { name.utf8.starts(with: $0.0.utf8) }) { return stem.owner }
        if let whole = wholes.first(where: { name.utf8.elementsEqual($0.0.utf8) }) { return whole.owner }
        return name.utf8.reversed().starts(with: mailbox.utf8.reversed()) ? "remote control uses it as a mailbox" : nil
    }

    /// The patterns for the scripts of a store: `^text` is a prefix, `=text` an exact name, `$text` a suffix.
    static var patterns: [String] {
        stems.map { "^\($0.0)" } + wholes.map { "=\($0.0)" } + ["$\(mailbox)"]
    }

    /// Tests the first and the last byte only: names are made for each message, and hardly any is reserved.
    private static func mayBeReserved(_ name: String.UTF8View) -> Bool {
        switch name.first {
        case UInt8(ascii: "c"), UInt8(ascii: "u"), UInt8(ascii: "_"): true
        default: name.last == UInt8(ascii: "x")
        }
    }
}

extension StaticString {
    fileprivate var utf8: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount) }
}
