import CeleriacPool

/// An error that names the exception that Python raises for it.
///
/// ```swift
/// struct TooShort: PythonException {
///     let length: Int
///     var exceptionType: String { "ValueError" }
///     var exceptionArguments: [JSONValue] { ["too short", .integer(Int64(length))] }
/// }
/// ```
///
/// `AsyncResult.get()` of a Python client then raises `ValueError("too short", 3)`, which `except ValueError` catches.
/// Any other error arrives as an exception class of its own name.
public protocol PythonException: Error {
    /// The class, for example `ValueError`; for a nested class, the whole path within the module.
    var exceptionType: String { get }
    /// The module in which Python finds the class. Default `builtins`.
    var exceptionModule: String { get }
    /// The arguments of its constructor. Default: only the error's description.
    var exceptionArguments: [JSONValue] { get }
}

extension PythonException {
    /// `builtins`, the module of Python's own exceptions.
    public var exceptionModule: String { "builtins" }
    /// The error's description.
    public var exceptionArguments: [JSONValue] { [.string("\(self)")] }
}

/// An error that carries its own traceback, which its failure then has.
///
/// Swift errors carry none, so the traceback of any other failure contains only the task and the place of its
/// declaration. One way to have more is `Backtrace.capture()` of the module `Runtime`, stored by the error's
/// initialiser.
public protocol TracedError: Error {
    /// At most 64 KiB of it are kept.
    var traceback: String { get }
}

extension TaskFailure {
    /// The failure that represents a thrown error.
    init(_ error: any Error) {
        if let failure = error as? TaskFailure {
            self = failure
            return
        }
        if let exception = error as? any PythonException {
            self.init(exception)
            return
        }
        let path = String(reflecting: Swift.type(of: error)).split(separator: ".", maxSplits: 1)
        self.init(
            type: String(path.last ?? "Error"), module: path.count > 1 ? String(path[0]) : nil, message: "\(error)",
            traceback: (error as? any TracedError)?.traceback
        )
    }

    private init(_ exception: any PythonException) {
        let arguments = exception.exceptionArguments
        // A single text is what Python itself would print.
        let message = arguments.count == 1 ? arguments[0].stringValue : nil
        self.init(
            type: exception.exceptionType, module: exception.exceptionModule, message: message ?? "\(exception)",
            arguments: arguments, traceback: (exception as? any TracedError)?.traceback
        )
    }
}

// MARK: The failures that a worker itself finds, under Celery's names

extension TaskFailure {
    /// The failure of a call whose arguments do not fit its task: the exception that Python raises for it.
    static func unfit(_ message: String) -> TaskFailure {
        TaskFailure(type: "TypeError", module: "builtins", message: message)
    }

    static let notRegistered = "NotRegistered"

    static func notRegistered(_ task: TaskName, known: Int) -> TaskFailure {
        TaskFailure(
            type: notRegistered, module: "celery.exceptions",
            message: "task \"\(task)\" is not among the \(known) tasks of this worker",
            arguments: [.string(task.rawValue)]
        )
    }

    /// The failure of a call whose task is a method of a container that the worker's app has no value of.
    static func missingContainer(_ type: String) -> TaskFailure {
        TaskFailure(
            type: "MissingContainer", module: "Celeriac",
            message: "the worker's app has no value of \(type), the container of the task: add one to "
                + "AppOptions(containers:), then requeue the dead letter"
        )
    }

    static func revoked(_ reason: RevocationReason) -> TaskFailure {
        TaskFailure(type: "TaskRevokedError", module: "celery.exceptions", message: reason.rawValue)
    }

    static func rejected(_ reason: String) -> TaskFailure {
        TaskFailure(type: "Reject", module: "celery.exceptions", message: reason, arguments: [.string(reason), false])
    }

    /// A retry that the task asked for without an error of its own.
    static let retry = TaskFailure(type: "Retry", module: "celery.exceptions", message: "the task asked to run again")

    /// The failure of a call that was ended with all running calls, by RQ's command kill-horse. The first words of its
    /// message are RQ's.
    static let killed = TaskFailure(
        type: "WorkHorseKilled", module: "Celeriac",
        message: "Work-horse terminated unexpectedly; the worker was ordered to end its running jobs (kill-horse)")

    static func workersLost(deliveries: Int) -> TaskFailure {
        TaskFailure(
            type: workerLost, module: "billiard.exceptions",
            message:
                "handed out \(deliveries) times without an outcome: its workers died or lost the lease"
        )
    }
}

/// The failure of a task that exceeded its soft time limit.
public struct SoftTimeLimitExceeded: PythonException, CustomStringConvertible {
    public var description: String { "the soft time limit was exceeded" }
    public var exceptionType: String { "SoftTimeLimitExceeded" }
    public var exceptionModule: String { "billiard.exceptions" }
}

/// The failure of a task that was still running at its hard time limit.
public struct TimeLimitExceeded: PythonException, CustomStringConvertible {
    /// The limit that the task exceeded.
    public let limit: Duration

    static let name = "TimeLimitExceeded"
    static let module = "billiard.exceptions"

    public var description: String {
        "the time limit was exceeded; the task ignored its cancellation and was abandoned"
    }
    public var exceptionType: String { Self.name }
    public var exceptionModule: String { Self.module }
    /// The limit in seconds, as Celery reports it.
    public var exceptionArguments: [JSONValue] {
        let seconds = limit.seconds
        return [Int64(exactly: seconds).map { .integer($0) } ?? .double(seconds)]
    }
}
