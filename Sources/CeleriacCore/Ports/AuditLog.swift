#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// Keeps who did what to queues, messages, schedules and workers.
///
/// A store keeps the newest ``AuditEntry/mostKept`` entries, and drops those that were first appended more than
/// ``AuditEntry/longestKept`` ago when the next one is appended.
public protocol AuditLog: Sendable {
    /// Adds an entry; an entry with the same id is replaced, and keeps its place.
    ///
    /// So an action is one entry: it is appended before the action begins, and appended again with its result.
    ///
    /// - Throws: ``BrokerError`` if the entry could not be kept. Do not act then.
    func append(_ entry: AuditEntry) async throws

    /// Lists entries, the one appended last first.
    ///
    /// - Parameters:
    ///   - cursor: where the previous page ended; `nil` to start with the newest entry.
    ///   - limit: the most entries of the page, up to ``Page/mostItems``.
    /// - Throws: ``BrokerError``; code `refused` for a cursor that this list did not give.
    func auditEntries(after cursor: Cursor?, limit: Int) async throws -> Page<AuditEntry>
}

/// One action of a person or a program, or one attempt at it.
///
/// Every text has at most ``mostText`` characters; the rest is cut off. The texts may come from anybody: whoever shows
/// them escapes them.
public struct AuditEntry: Sendable, Hashable, Codable {
    /// Chosen by whoever acts, different for each action.
    public var id: String
    public var at: Date
    public var user: String
    /// `viewer` or `operator`; empty if nobody was signed in.
    public var role: String
    /// How the user signed in: `password`, `token`, `proxy`, `loopback`, `embedded`; empty if not at all.
    public var signIn: String
    /// The address from which the request came.
    public var address: String
    /// The action's name, such as `pause`.
    public var action: String
    /// What it was done to: an id, a queue, a filter.
    public var target: String
    /// How many things it concerned; `nil` if that is not known.
    public var count: Int?
    public var note: String
    /// `started` until the action has ended; then how it ended.
    public var result: String
    /// The id of the request, which also stands in logs and error pages.
    public var request: String

    /// 1,000.
    public static let mostText = 1_000
    /// 100,000.
    public static let mostKept = 100_000
    /// 365 days.
    public static let longestKept = Duration.days(365)

    public init(
        id: String, at: Date, user: String, role: String = "", signIn: String = "", address: String = "",
        action: String, target: String = "", count: Int? = nil, note: String = "", result: String = "started",
        request: String = ""
    ) {
        func bounded(_ text: String) -> String { String(text.prefix(Self.mostText)) }
        self.id = bounded(id)
        self.at = at
        self.user = bounded(user)
        self.role = bounded(role)
        self.signIn = bounded(signIn)
        self.address = bounded(address)
        self.action = bounded(action)
        self.target = bounded(target)
        self.count = count
        self.note = bounded(note)
        self.result = bounded(result)
        self.request = bounded(request)
    }
}
