/// A task that the worker runs when a call has ended: RQ's callback, by the name under which it is registered.
public struct JobCallback: Sendable, Hashable {
    public var task: TaskName
    /// How long it may run, in whole seconds. Default one minute, as with RQ.
    public var timeout: Duration

    public init(_ task: TaskName, timeout: Duration = .seconds(60)) {
        self.task = task
        self.timeout = timeout
    }
}

/// What is run when a call ends, in its own slot and under its own lease, before its end is written.
///
/// Each is a registered task, called with positional arguments:
///
/// | callback | arguments | run |
/// |---|---|---|
/// | ``success`` | the id, the result | after it has returned; if the callback fails, so has the call |
/// | ``failure`` | the id, the error's text; or, of a task that requires more than two arguments, the id and what RQ hands its own: the error's type, value and traceback | after each attempt that has failed; an error of its own takes the place of the first |
/// | ``stopped`` | the id | after it was terminated while it ran; what it does is logged only |
///
/// They run in the worker's pool, under the id of the call, with no retries of their own. Where the worker is stopped, or
/// loses the lease, while a callback runs, the call is given back and runs again, its callback too: like tasks they are run
/// at least once. A success callback that takes its process down counts as a crash of its call. After a crash the
/// failure callback runs too, and its own end is logged only. What asks to run later (`retry`, `snooze`), is given back or was never started because it
/// was revoked or had expired has no callback.
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

    /// What a header says; what it does not say, or not so, is `nil`.
    public init(_ value: JSONValue?) {
        self.init(
            success: JobCallback(value?["success"]), failure: JobCallback(value?["failure"]),
            stopped: JobCallback(value?["stopped"]))
    }

    /// As the header has it; `nil` where there are none.
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
