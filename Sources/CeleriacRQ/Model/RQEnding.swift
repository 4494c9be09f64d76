import CeleriacCore
import CeleriacRQWire
import RESPClient

/// The changes at the end of an execution, decided before anything is sent. The script END makes them.
struct RQEnding: Sendable {
    enum Kind: String, Sendable {
        /// The job has ended.
        case end
        /// The job has ended, and nothing of it is kept.
        case delete
        /// The job will run again.
        case again
    }
    enum Deliveries: String, Sendable { case kept = "k", uncounted = "u", anew = "r" }
    enum Registry: String, Sendable { case finished, failed, canceled, none = "" }

    var kind: Kind
    var registry = Registry.none
    /// How many seconds the job is kept; -1 for forever.
    var ttl = 0
    /// The status that its dependents see.
    var outcome: RQStatus?
    /// Whether the worker counts it as a success; `nil` if it does not count it.
    var isSuccess: Bool?
    var spent = Duration.zero
    var place: RQPlace?
    var deliveries = Deliveries.anew
    var fields: [RQFields.Field] = []
    var entry: RQFields?
    /// The text of a failure for webhooks.
    var exceptionText: String?

    init(_ kind: Kind) { self.kind = kind }

    func append(to words: inout RESPWords) {
        words.append(kind.rawValue)
        words.append(registry.rawValue)
        words.append(ttl)
        words.append(outcome?.rawValue ?? "")
        words.append(isSuccess.map { $0 ? "s" : "f" } ?? "")
        words.append(String(max(0, spent.seconds)))
        words.append(place?.word ?? "")
        words.append(deliveries.rawValue)
        words.append(counting: RQFields(fields))
        words.append(counting: entry)
    }
}
