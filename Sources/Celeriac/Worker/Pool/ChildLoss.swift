#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
import CrashReport

/// The death of a child with tasks in it, or before it was of use: what is known of it.
public struct ChildLoss: Sendable {
    /// Why a child died.
    public enum Cause: Sendable, Hashable {
        /// A signal that the program itself has caused, such as SIGILL for a trap.
        case crash(signal: Int)
        /// Something in it called `exit`.
        case exit(code: Int)
        /// It held more memory than it may, or the system had none left.
        case outOfMemory
        /// Something in it wrote into the channel to the worker, or closed it.
        case brokenChannel(String)
        /// A signal from somebody else; no task is to blame.
        case killed(signal: Int)
        /// The worker itself has ended it: for a time limit, a termination or its own end.
        case ended
    }

    public let pid: Int
    public let cause: Cause
    /// What ran in it. More than one: none is blamed before it was alone.
    public let tasks: [TaskID]
    /// The most memory that it ever held, in bytes.
    public let peakMemory: Int
    /// The last lines that it wrote, without the backtrace; as many as `ChildOptions.linesKept` says.
    public let lines: [String]
    /// Swift's backtrace of the thread that crashed; `nil` = there is none.
    let trace: CrashTrace?
    /// Cause and circumstances in a sentence.
    public let text: String

    /// Swift's backtrace of the thread that crashed, places without names. `nil` = there is none.
    public var backtrace: String? { trace?.description }

    /// Whether no task is to blame.
    var isForeign: Bool {
        if case .killed = cause { true } else { false }
    }
}

extension ChildLoss {
    init(
        _ child: Child, _ end: ChildEnd, _ killing: PoolState.Killing?, _ runs: [ChildRun], wasReady: Bool,
        isOutOfMemory: Bool, linesKept: Int
    ) {
        let trace = CrashTrace(lines: end.lines, mapped: end.images)
        let cause = Cause(end, killing, isOutOfMemory: isOutOfMemory)
        pid = Int(child.pid)
        self.cause = cause
        tasks = runs.map(\.run.context.id)
        peakMemory = end.peakBytes
        lines = Array(end.lines.prefix(trace?.firstLine ?? .max).suffix(linesKept))
        self.trace = trace
        let mebibytes = Double(end.peakBytes) / Double(1 << 20)
        let memory = "\((mebibytes * 10).rounded() / 10) MiB at most"
        let inside = runs.count == 1 ? "with one task in it" : "with \(runs.count) tasks in it"
        let whom = wasReady ? inside : "before it was ready"
        let word = trace?.message.map { ": \($0)" } ?? ""
        text = "child process \(child.pid) \(cause.text(killing)) \(whom), \(memory)\(word)"
    }

    /// What stands in the record of a task that was lost with it.
    func failure(with trace: CrashTrace?) -> TaskFailure {
        let said = lines.isEmpty ? nil : "Last lines of the process:\n" + lines.joined(separator: "\n")
        let parts = [trace?.description, said].compactMap { $0 }
        return TaskFailure(
            type: TaskFailure.workerLost, module: "billiard.exceptions", message: text,
            traceback: parts.isEmpty ? nil : parts.joined(separator: "\n\n")
        )
    }
}

extension ChildLoss.Cause {
    /// Signals that a program brings upon itself.
    private static let own: Set<Int32> = [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGSYS]

    init(_ end: ChildEnd, _ killing: PoolState.Killing?, isOutOfMemory: Bool) {
        switch killing {
        case .memory: self = .outOfMemory
        case .violation(let what): self = .brokenChannel(what)
        case .silence: self = .brokenChannel("it was closed")
        case .timeLimit, .termination, .shutdown: self = .ended
        case nil:
            if let signal = end.signal {
                let isOwn = Self.own.contains(signal)
                self = isOutOfMemory ? .outOfMemory : isOwn ? .crash(signal: Int(signal)) : .killed(signal: Int(signal))
            } else if end.code == ChildWorker.closedChannel {
                self = .brokenChannel("it was closed")
            } else {
                self = .exit(code: Int(end.code))
            }
        }
    }

    fileprivate func text(_ killing: PoolState.Killing?) -> String {
        switch self {
        case .crash(let signal): return "crashed by \(Signal.name(of: signal))"
        case .exit(let code): return "ended itself with exit code \(code)"
        case .outOfMemory:
            if case .memory(let bytes) = killing { return "was killed: it held \(bytes >> 20) MiB of memory" }
            return "was killed by the system, which had no memory left,"
        case .brokenChannel(let what): return "had its channel to the worker broken (\(what))"
        case .killed(let signal): return "was killed by \(Signal.name(of: signal)) from outside"
        case .ended: return "was ended by the worker"
        }
    }
}

extension Signal {
    /// Such as `SIGSEGV`; `signal 40` for one without a name here.
    static func name(of number: Int) -> String {
        let names: [Int32: String] = [
            SIGILL: "SIGILL", SIGTRAP: "SIGTRAP", SIGABRT: "SIGABRT", SIGBUS: "SIGBUS", SIGFPE: "SIGFPE",
            SIGSEGV: "SIGSEGV", SIGSYS: "SIGSYS", SIGKILL: "SIGKILL", SIGTERM: "SIGTERM", SIGINT: "SIGINT",
            SIGHUP: "SIGHUP", SIGQUIT: "SIGQUIT", SIGPIPE: "SIGPIPE", SIGALRM: "SIGALRM", SIGXCPU: "SIGXCPU",
            SIGUSR1: "SIGUSR1", SIGUSR2: "SIGUSR2",
        ]
        return names[Int32(clamping: number)] ?? "signal \(number)"
    }
}
