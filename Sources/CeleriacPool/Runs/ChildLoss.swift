public import CeleriacCore
import CrashReport

/// The known facts about the death of a child, with tasks in it or before it was ready.
public struct ChildLoss: Sendable {
    /// Why a child died.
    public enum Cause: Sendable, Hashable {
        /// A signal that the program itself caused, such as SIGILL for a trap.
        case crash(signal: Int)
        /// Something in it called `exit`.
        case exit(code: Int)
        /// It held more memory than it may, or the system ran out of memory.
        case outOfMemory
        /// Something in it wrote into the channel to the worker, or closed it.
        case brokenChannel(String)
        /// A signal from outside. No task is to blame.
        case killed(signal: Int)
        /// The worker itself ended it: for a time limit, a termination or its own end.
        case ended
    }

    /// The process id of the child.
    public let pid: Int
    /// Why it died.
    public let cause: Cause
    /// The tasks that ran in it. If there are several, each runs again alone before one is blamed.
    public let tasks: [TaskID]
    /// The most memory that it ever held, in bytes.
    public let peakMemory: Int
    /// The last lines of its output, without the backtrace; at most ``ChildOptions/linesKept``.
    public let lines: [String]
    /// Swift's backtrace of the thread that crashed.
    let trace: CrashTrace?
    /// Cause and circumstances in one sentence.
    public let text: String

    /// Swift's backtrace of the thread that crashed, with places instead of names. `nil` if there is no backtrace.
    public var backtrace: String? { trace?.description }

    /// Whether no task is to blame.
    var isForeign: Bool {
        if case .killed = cause { true } else { false }
    }
}

extension ChildLoss {
    /// The failure of a task that was lost with it.
    func failure(with trace: CrashTrace?) -> TaskFailure {
        let said = lines.isEmpty ? nil : "Last lines of the process:\n" + lines.joined(separator: "\n")
        let parts = [trace?.description, said].compactMap { $0 }
        return TaskFailure(
            type: TaskFailure.workerLost, module: "billiard.exceptions", message: text,
            traceback: parts.isEmpty ? nil : parts.joined(separator: "\n\n")
        )
    }
}
