import Synchronization

/// Counts the ends of a worker's attempts.
final class EndTally: Sendable {
    private struct Counts {
        var all = WorkerStatistics()
        /// The attempts that reached a state, by their task's index.
        var byTask: [Int] = []

        mutating func count(_ ending: Ending) {
            guard !ending.isUnstarted else { return }
            let state = ending.verdict.state
            all.count(state, wasStarted: ending.execution.context != nil)
            guard let index = ending.execution.task?.index, state != .pending else { return }
            if index >= byTask.count { byTask += Array(repeating: 0, count: index + 1 - byTask.count) }
            byTask[index] += 1
        }
    }

    private let counts = Guarded(Counts())

    var statistics: WorkerStatistics { counts.withLock { $0.all } }

    /// - Parameter lost: the receipts of endings that were not written.
    func count(_ endings: [Ending], lost: Set<Receipt>) {
        counts.withLock { counts in
            for ending in endings {
                if ending.isLost || lost.contains(ending.receipt) {
                    counts.all.leasesLost += 1
                } else {
                    counts.count(ending)
                }
            }
        }
    }

    /// The number of attempts of each task that reached a state. Tasks without any are missing.
    func totals(of tasks: [AnyTask]) -> [TaskName: Int] {
        let counts = counts.withLock { $0.byTask }
        return tasks.reduce(into: [:]) { totals, task in
            if counts.indices.contains(task.index), counts[task.index] > 0 { totals[task.name] = counts[task.index] }
        }
    }
}

extension Ending {
    fileprivate var isLost: Bool { if case .notOurs = verdict { true } else { false } }
}
