/// Where a worker's tasks run.
public struct TaskPool: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        /// In process, unless the command line is asked, which takes processes.
        case usual(Int)
        case inProcess(Int)
        case processes(Int, perChild: Int)
    }

    var kind: Kind

    /// In the worker's own process: the fastest, and the one to embed in a web app. A task that traps takes the process
    /// down, and one that never looks whether it is cancelled cannot be stopped.
    ///
    /// - Parameter concurrency: most tasks that run at once; from 1 to 100,000.
    public static func inProcess(concurrency: Int = 16) -> TaskPool {
        TaskPool(kind: .inProcess(concurrency.bounded(to: Bounds.slots)))
    }

    /// In children: processes of the same program, started anew by the worker. A task that traps, spins or leaks takes down
    /// its child alone, which is replaced.
    ///
    /// The program must come to `Worker.run()` in the same way when it is started again with the same arguments; see
    /// ``Worker/isChild``.
    ///
    /// - Parameters:
    ///   - count: how many children; from 1 to 100,000. `nil` = one for each core.
    ///   - concurrencyPerChild: most tasks at once in each; from 1 to 100,000. With 1, nothing dies with a task but itself.
    public static func processes(count: Int? = nil, concurrencyPerChild: Int = 1) -> TaskPool {
        TaskPool(
            kind: .processes(
                (count ?? ThisProcess.cores).bounded(to: Bounds.slots),
                perChild: concurrencyPerChild.bounded(to: Bounds.slots)))
    }

    /// So many tasks at once, in as many children as there are cores.
    package static func processes(concurrency: Int) -> TaskPool {
        let concurrency = concurrency.bounded(to: Bounds.slots)
        let count = min(ThisProcess.cores, concurrency)
        return .processes(count: count, concurrencyPerChild: (concurrency + count - 1) / count)
    }

    /// Whether nobody has said where tasks are to run.
    package var isUsual: Bool {
        if case .usual = kind { true } else { false }
    }

    /// Most tasks that run at once.
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
