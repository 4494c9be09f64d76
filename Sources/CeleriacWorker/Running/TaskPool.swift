/// Where a worker's tasks run.
public struct TaskPool: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        /// In process, except under the command line, which takes child processes.
        case usual(Int)
        case inProcess(Int)
        case processes(Int, perChild: Int)
    }

    var kind: Kind

    /// Runs tasks in the worker's own process: the fastest pool, and the one to embed in a web app. A task that traps
    /// takes the process down, and a task that never checks for cancellation cannot be stopped.
    ///
    /// - Parameter concurrency: the maximum number of tasks that run at once; from 1 to 100,000.
    public static func inProcess(concurrency: Int = 64) -> TaskPool {
        TaskPool(kind: .inProcess(concurrency.bounded(to: Bounds.slots)))
    }

    /// Runs tasks in children: processes of the same program, which the worker starts. A task that traps, spins or
    /// leaks takes down only its child, which is replaced.
    ///
    /// When the program is started again with the same arguments, it must reach `Worker.run()` in the same way; see
    /// ``Worker/isChild``.
    ///
    /// - Parameters:
    ///   - count: the number of children; from 1 to 100,000. `nil` starts one for each core.
    ///   - concurrencyPerChild: the maximum number of tasks that run at once in each child; from 1 to 100,000. Default
    ///     32. A crash ends all tasks of its child, and the other tasks run again. With 1, a crash ends one task only.
    public static func processes(count: Int? = nil, concurrencyPerChild: Int = 32) -> TaskPool {
        TaskPool(
            kind: .processes(
                (count ?? ThisProcess.cores).bounded(to: Bounds.slots),
                perChild: concurrencyPerChild.bounded(to: Bounds.slots)))
    }

    /// Runs so many tasks at once, in at most as many children as there are cores.
    package static func processes(concurrency: Int) -> TaskPool {
        let concurrency = concurrency.bounded(to: Bounds.slots)
        let count = min(ThisProcess.cores, concurrency)
        return .processes(count: count, concurrencyPerChild: (concurrency + count - 1) / count)
    }

    /// Whether the pool is the default, because none was chosen.
    package var isUsual: Bool {
        if case .usual = kind { true } else { false }
    }

    /// The maximum number of tasks that run at once.
    var slots: Int {
        get {
            switch kind {
            case .usual(let slots), .inProcess(let slots): slots
            case .processes(let count, let perChild): count * perChild
            }
        }
        set {
            switch kind {
            case .usual: kind = .usual(newValue.bounded(to: Bounds.slots))
            case .inProcess: kind = .inProcess(newValue.bounded(to: Bounds.slots))
            case .processes(_, let perChild):
                let slots = newValue.bounded(to: Bounds.slots)
                kind = .processes((slots + perChild - 1) / perChild, perChild: perChild)
            }
        }
    }
}
