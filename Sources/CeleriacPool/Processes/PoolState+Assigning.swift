/// Gives runs to children.
extension PoolState {
    /// A child that was given a run, and whether its frames have yet to be written.
    typealias Assignment = (child: Child, mustFlush: Bool)

    /// Gives a run to a child that has room: the common case of ``submit(_:)``, which allocates nothing.
    ///
    /// - Returns: `nil` if the run must be submitted.
    mutating func begin(_ run: ChildRun) -> Assignment? {
        guard mayStart(run), let number = roomiest else { return nil }
        return assign(run, to: number)
    }

    func mayStart(_ run: ChildRun) -> Bool { !isStopping && run.run.handle.cancelReason == nil }

    /// The ready child with the fewest runs, if one has room.
    private var roomiest: Int? {
        var best: (number: Int, load: Int)?
        for (number, member) in members where member.status == .ready && !member.child.isQuarantine {
            let load = member.running.count
            guard load < perChild, best.map({ (load, number) < ($0.load, $0.number) }) ?? true else { continue }
            best = (number, load)
        }
        return best?.number
    }

    private mutating func assign(_ run: ChildRun, to number: Int) -> Assignment? {
        guard let child = members[number]?.child else { return nil }
        members[number]?.running[run.number] = run
        // Encoded here and not later: no other frame about the run may overtake it.
        return (child, child.writer.append { $0.put(run.job) })
    }

    static func actions(of run: ChildRun, _ begun: Assignment) -> [Action] {
        [.assigned(run, begun.child)] + (begun.mustFlush ? [.flush(begun.child)] : [])
    }

    /// Gives a child waiting runs while it has room. A quarantine child takes one suspect after another, then retires.
    mutating func fill(_ number: Int) -> [Action] {
        // Does not bind the whole member: its table of runs would be copied at its next change.
        guard members[number]?.status == .ready, let isQuarantine = members[number]?.child.isQuarantine,
            let load = members[number]?.running.count
        else { return [] }
        if isQuarantine {
            guard load == 0 else { return [] }
            return suspects.isEmpty ? retire(number) : start([suspects.removeFirst()], in: number)
        }
        let count = max(0, min(waiting.count, perChild - load))
        defer { waiting.removeFirst(count) }
        return start(waiting.prefix(count), in: number)
    }

    private mutating func start(_ runs: some Sequence<ChildRun>, in number: Int) -> [Action] {
        runs.flatMap { run in assign(run, to: number).map { Self.actions(of: run, $0) } ?? [] }
    }
}
