#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Starts and retires children, so that the pool has the right number of them.
extension PoolState {
    /// Starts and retires children until their number is right, with one more for suspects.
    mutating func staff() -> [Action] {
        guard !isStopping else { return members.isEmpty && launching.isEmpty ? [.closed] : [] }
        var actions: [Action] = []
        let regular = members.values.count { !$0.child.isQuarantine && $0.status != .retiring }
        let coming = launching.values.count { !$0 } + pausedLaunches
        for _ in 0..<max(0, target - regular - coming) { actions.append(launch(isQuarantine: false)) }
        for _ in 0..<max(0, regular - target) { actions += retireIdlest() }
        if !suspects.isEmpty, !hasWard { actions.append(launch(isQuarantine: true)) }
        return actions
    }

    /// Whether suspects have a quarantine child, or will have one.
    private var hasWard: Bool {
        isWardPaused || launching.values.contains(true)
            || members.values.contains { $0.child.isQuarantine && $0.status != .retiring }
    }

    mutating func resize(to count: Int) -> [Action] {
        target = max(1, count)
        return staff()
    }

    mutating func launched(_ child: Child) -> [Action] {
        launching[child.number] = nil
        members[child.number] = Member(child: child)
        return isStopping ? kill(child.number, .shutdown, by: SIGKILL) : []
    }

    mutating func launchFailed(_ number: Int, isQuarantine: Bool, _ reason: String) -> [Action] {
        launching[number] = nil
        return isStopping ? staff() : diedEarly(isQuarantine: isQuarantine, reason)
    }

    /// Lets a paused launch go on.
    mutating func launchAgain(isQuarantine: Bool) -> [Action] {
        if isQuarantine { isWardPaused = false } else { pausedLaunches -= 1 }
        return staff()
    }

    mutating func ready(_ child: Child) -> [Action] {
        guard members[child.number]?.status == .starting else { return [] }
        members[child.number]?.status = .ready
        earlyDeaths = 0
        // The pool may have shrunk since it was started.
        return open(.ready) + staff() + fill(child.number)
    }

    mutating func abandonStart() -> [Action] {
        guard !hasOpened else { return [] }
        return open(.abandoned) + stop()
    }

    mutating func stop() -> [Action] {
        isStopping = true
        var actions = (waiting + suspects).map { Action.resolve($0, $0.outcomeOfBeingStopped) }
        waiting = []
        suspects = []
        for number in members.keys.sorted() {
            let isIdle = members[number]?.running.isEmpty == true && members[number]?.status == .ready
            actions += isIdle ? retire(number) : kill(number, .shutdown, by: SIGKILL)
        }
        return actions + staff()
    }

    /// Writes to each working child, since only a write reveals a closed channel.
    func touch() -> [Action] {
        members.values.filter { !$0.running.isEmpty }.map { member in
            member.child.writer.append(Frame.touch)
            return .flush(member.child)
        }
    }

    /// Kills the children that were asked to end and have not.
    mutating func killAll() -> [Action] { members.keys.sorted().flatMap { kill($0, .shutdown, by: SIGKILL) } }

    private mutating func launch(isQuarantine: Bool) -> Action {
        lastNumber += 1
        launching[lastNumber] = isQuarantine
        return .launch(number: lastNumber, isQuarantine: isQuarantine)
    }

    private mutating func retireIdlest() -> [Action] {
        let open = members.filter { $0.value.status == .ready && !$0.value.child.isQuarantine }
        return open.min { ($0.value.running.count, $0.key) < ($1.value.running.count, $1.key) }
            .map { retire($0.key) } ?? []
    }

    mutating func open(_ opening: Opening) -> [Action] {
        guard !hasOpened else { return [] }
        hasOpened = true
        return [.opened(opening)]
    }
}
