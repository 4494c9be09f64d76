#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
import CeleriacCore
import CrashReport

/// Makes a loss from the end of a child.
extension ChildLoss {
    init(
        _ child: Child, _ end: ChildEnd, _ killing: PoolState.Killing?, _ runs: [ChildRun], wasReady: Bool,
        isOutOfMemory: Bool, linesKept: Int
    ) {
        let trace = CrashTrace(lines: end.lines, mapped: end.images)
        let cause = Cause(end, killing, isOutOfMemory: isOutOfMemory)
        let mebibytes = Double(end.peakBytes) / Double(1 << 20)
        let memory = "\((mebibytes * 10).rounded() / 10) MiB at most"
        let inside = runs.count == 1 ? "with one task in it" : "with \(runs.count) tasks in it"
        let whom = wasReady ? inside : "before it was ready"
        let word = trace?.message.map { ": \($0)" } ?? ""
        self.init(
            pid: Int(child.pid), cause: cause, tasks: runs.map(\.run.id), peakMemory: end.peakBytes,
            lines: Array(end.lines.prefix(trace?.firstLine ?? .max).suffix(linesKept)), trace: trace,
            text: "child process \(child.pid) \(cause.text(killing)) \(whom), \(memory)\(word)")
    }
}

extension ChildLoss.Cause {
    /// Signals that a program causes itself.
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
            return "was killed by the system, which was out of memory,"
        case .brokenChannel(let what): return "had its channel to the worker broken (\(what))"
        case .killed(let signal): return "was killed by \(Signal.name(of: signal)) from outside"
        case .ended: return "was ended by the worker"
        }
    }
}
