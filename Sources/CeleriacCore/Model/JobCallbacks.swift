/// A task that the worker runs when a call has ended: RQ's callback, named as it is registered.
public struct JobCallback: Sendable, Hashable {
    public var task: TaskName
    /// How long it may run, in whole seconds. Default one minute, as with RQ.
    public var timeout: Duration

    public init(_ task: TaskName, timeout: Duration = .seconds(60)) {
        self.task = task
        self.timeout = timeout
    }
}

/// The callbacks of a call. They run when it ends, in its slot and under its lease, before its end is recorded.
///
/// Each callback is a registered task, called with positional arguments:
///
/// | callback | arguments | run |
/// |---|---|---|
/// | ``success`` | the id, the result | after the task has returned; if the callback fails, the call fails too |
/// | ``failure`` | the id, the error's text; or, if the callback task requires more than two arguments, the id and what RQ passes to its own callbacks: the error's type, value and traceback | after each failed attempt; an error of the callback replaces the original one |
/// | ``stopped`` | the id | after the call was terminated while it ran; how the callback ends is only logged |
///
/// Callbacks run in the worker's pool, under the id of the call, without retries of their own. If the worker is
/// stopped, or loses the lease, while a callback runs, the call is given back and runs again, and so does its callback:
/// like tasks, callbacks run at least once. A success callback that crashes its process counts as a crash of its call.
/// After a crash the failure callback runs too, and its own end is only logged. A call has no callback if it asks to
/// run later (`retry`, `snooze`), is given back, or never started because it was revoked or had expired.
///
/// They travel in the message's header `callbacks`, or in RQ's own fields:
///
/// ```
/// {"success": {"name": "tasks.report", "timeout": 60}, "failure": …, "stopped": …}
/// ```
public struct JobCallbacks: Sendable, Hashable {
    public static let header = "callbacks"

    public var success: JobCallback?
    public var failure: JobCallback?
    public var stopped: JobCallback?

    public init(success: JobCallback? = nil, failure: JobCallback? = nil, stopped: JobCallback? = nil) {
        self.success = success
        self.failure = failure
        self.stopped = stopped
    }

    public var isEmpty: Bool { success == nil && failure == nil && stopped == nil }

    /// Reads the header; callbacks that are missing or malformed are `nil`.
    public init(_ value: JSONValue?) {
        self.init(
            success: JobCallback(value?["success"]), failure: JobCallback(value?["failure"]),
            stopped: JobCallback(value?["stopped"]))
    }

    /// The value for the header; `nil` if there are no callbacks.
    public var value: JSONValue? {
        guard !isEmpty else { return nil }
        let named = [("success", success), ("failure", failure), ("stopped", stopped)]
        return .object(
            named.reduce(into: [:]) { members, named in
                if let callback = named.1 { members[named.0] = callback.value }
            })
    }
}

extension JobCallback {
    fileprivate init?(_ value: JSONValue?) {
        guard let name = value?["name"]?.stringValue, !name.isEmpty else { return nil }
        self.init(TaskName(name))
        if let seconds = value?["timeout"]?.intValue, (1...1_000_000_000).contains(seconds) {
            timeout = .seconds(seconds)
        }
    }

    fileprivate var value: JSONValue {
        ["name": .string(task.rawValue), "timeout": .integer(Int64(max(1, timeout.components.seconds)))]
    }
}
