#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// The metadata of a message, without its arguments: the headers of Celery's message protocol 2.
///
/// Source: `celery/app/amqp.py`, `as_task_v2`. A quoted name is the name on the wire, where it differs.
public struct MessageHeaders: Sendable, Hashable {
    public var id: TaskID
    public var task: TaskName
    /// "root_id": the call that started the whole workflow; a top-level call has its own id here.
    public var rootID: TaskID?
    /// "parent_id": the call whose task sent this one.
    public var parentID: TaskID?
    public var eta: Date?
    public var expires: Date?
    /// The number of attempts that have failed so far; `attempt` is one more.
    public var retries: Int = 0
    /// "timelimit"[0].
    public var timeLimit: Duration?
    /// "timelimit"[1].
    public var softTimeLimit: Duration?
    /// The group it belongs to, and its position there ("group_index").
    public var group: String?
    public var groupIndex: Int?
    public var shadow: String?
    /// The process that sent it, `gen<pid>@<host>`.
    public var origin: String?
    /// "ignore_result"; `nil` to use the task's setting.
    public var ignoreResult: Bool?
    /// "compression": the MIME type of the body's compression; `nil` if uncompressed.
    public var compression: String?
    /// "x_history": the attempts that have failed so far, oldest first, at most 25. Celeriac's own header; Celery
    /// passes it on unchanged.
    public var history: [FailedAttempt] = []
    /// All other headers, unchanged: trace context, stamps, the caller's own.
    public var extra: JSONObject = [:]

    public init(id: TaskID, task: TaskName) {
        self.id = id
        self.task = task
    }

    /// 1 for the first start.
    public var attempt: Int { retries + 1 }

    /// "replaced_task_nesting": how many replacements led to this call; see ``CanvasReplacement``.
    package var replacedTaskNesting: Int { Int(count: extra["replaced_task_nesting"]?.intValue ?? 0) }

    /// Whether only those headers are set that every call has: ids, task, origin, retries, and whether its result is
    /// ignored.
    package var arePlain: Bool {
        eta == nil && expires == nil && timeLimit == nil && softTimeLimit == nil && group == nil && groupIndex == nil
            && shadow == nil && compression == nil && history.isEmpty && extra.isEmpty && retries >= 0
    }
}
