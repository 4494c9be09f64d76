#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The members of a pool of children, what runs in which, and what must be done next. Pure: it is told what happened and
/// answers with what to do; nothing here waits, writes or signals.
///
/// ```
/// submit -> waiting -> a child with room -> outcome
///                            | the child dies with one run     -> that one crashed it
///                            | the child dies with several     -> suspects -> quarantine, one at a time
///                            | it was killed for the sake of one -> the others are given back
/// ```
struct PoolState: Sendable {
    enum Status: Sendable { case starting, ready, retiring }

    /// Why the supervisor itself has killed a child.
    enum Killing: Sendable {
        case timeLimit(UInt64, Duration)
        case termination(UInt64)
        /// It holds so much memory.
        case memory(Int)
        case violation(String)
        /// It closed its channel and lived on.
        case silence
        case shutdown
    }

    struct Member: Sendable {
        let child: Child
        var status = Status.starting
        var running: [UInt64: ChildRun] = [:]
        var done = 0
        var killing: Killing?
    }

    enum Action: Sendable {
        case launch(number: Int, isQuarantine: Bool)
        /// After a pause, since children die before they are ready.
        case launchLater(isQuarantine: Bool, attempt: Int)
        case flush(Child)
        case assigned(ChildRun, Child)
        case resolve(ChildRun, Outcome)
        case signal(Child, Int32)
        case lost(ChildLoss)
        /// The pool can take work: or the reason why it cannot.
        case opened(String?)
        case closed
    }

    let perChild: Int
    let limits: ChildOptions
    let deliveryLimit: Int
    var target: Int
    var members: [Int: Member] = [:]
    var launching: [Int: Bool] = [:]
    /// Launches that wait for a pause to be over.
    var pausedLaunches = 0
    var isWardPaused = false
    var waiting: [ChildRun] = []
    var suspects: [ChildRun] = []
    var lastNumber = 0
    var earlyDeaths = 0
    var hasOpened = false
    var isStopping = false

    /// So many children in a row may die before they are ready, at the start: then the pool cannot be.
    static let mostEarlyDeaths = 3

    init(count: Int, perChild: Int, limits: ChildOptions, deliveryLimit: Int) {
        target = count
        self.perChild = perChild
        self.limits = limits
        self.deliveryLimit = deliveryLimit
    }

    // MARK: Runs

    mutating func submit(_ run: ChildRun) -> [Action] {
        guard !isStopping, run.run.attempt.cancelReason == nil else {
            return [.resolve(run, run.outcomeOfBeingStopped)]
        }
        guard let number = roomiest else {
            waiting.append(run)
            return []
        }
        return assign(run, to: number)
    }

    /// A run came to its end in a child.
    mutating func end(_ number: UInt64, _ outcome: Outcome, residentBytes: Int, in child: Child) -> [Action] {
        guard let run = members[child.number]?.running.removeValue(forKey: number) else { return [] }
        members[child.number]?.done += 1
        var actions = [Action.resolve(run, outcome)]
        if isWornOut(child.number, residentBytes) { actions += retire(child.number) }
        return actions + fill(child.number) + staff()
    }

    /// A run that is not to go on: it is told so where it runs, and ended where it waits.
    mutating func cancel(_ run: ChildRun, because reason: Attempt.CancelReason) -> [Action] {
        if let member = members.values.first(where: { $0.running[run.number] != nil }) {
            member.child.writer.append(Frame.cancel(run.number, because: reason))
            return [.flush(member.child)]
        }
        let before = waiting.count + suspects.count
        waiting.removeAll { $0 === run }
        suspects.removeAll { $0 === run }
        guard waiting.count + suspects.count < before else { return [] }
        return [.resolve(run, run.outcomeOfBeingStopped)]
    }

    /// Kills the child that a run is in, for the sake of that one.
    mutating func kill(_ run: ChildRun, _ killing: Killing, by signal: Int32) -> [Action] {
        guard let number = members.first(where: { $0.value.running[run.number] != nil })?.key else { return [] }
        return kill(number, killing, by: signal)
    }

    mutating func kill(_ number: Int, _ killing: Killing, by signal: Int32) -> [Action] {
        guard let child = members[number]?.child else { return [] }
        if members[number]?.killing == nil { members[number]?.killing = killing }
        // What is to die takes no more work.
        members[number]?.status = .retiring
        return [.signal(child, signal)] + staff()
    }

    // MARK: Members

    /// As many children as there should be, and one more for suspects.
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

    /// Whether suspects have a child to go to, or will have.
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

    /// A paused launch may go on.
    mutating func launchAgain(isQuarantine: Bool) -> [Action] {
        if isQuarantine { isWardPaused = false } else { pausedLaunches -= 1 }
        return staff()
    }

    mutating func ready(_ child: Child) -> [Action] {
        guard members[child.number]?.status == .starting else { return [] }
        members[child.number]?.status = .ready
        earlyDeaths = 0
        return open(nil) + fill(child.number)
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

    /// Says something to each child that works.
    func touch() -> [Action] {
        members.values.filter { !$0.running.isEmpty }.map { member in
            member.child.writer.append(Frame.touch)
            return .flush(member.child)
        }
    }

    /// Those that were asked to go and have not gone.
    mutating func killAll() -> [Action] { members.keys.sorted().flatMap { kill($0, .shutdown, by: SIGKILL) } }

    // MARK: Parts of these

    /// The ready child with the fewest runs, if one has room.
    private var roomiest: Int? {
        let open = members.filter { number, member in
            member.status == .ready && !member.child.isQuarantine && member.running.count < perChild
        }
        return open.min { ($0.value.running.count, $0.key) < ($1.value.running.count, $1.key) }?.key
    }

    private mutating func assign(_ run: ChildRun, to number: Int) -> [Action] {
        guard let child = members[number]?.child else { return [] }
        members[number]?.running[run.number] = run
        // Here and not later: nothing that is said about the run may overtake it.
        child.writer.append(run.frame)
        return [.assigned(run, child), .flush(child)]
    }

    /// Gives a child what waits, as far as it has room; a quarantine child one suspect after another, then its leave.
    private mutating func fill(_ number: Int) -> [Action] {
        guard let member = members[number], member.status == .ready else { return [] }
        if member.child.isQuarantine {
            guard member.running.isEmpty else { return [] }
            return suspects.isEmpty ? retire(number) : assign(suspects.removeFirst(), to: number)
        }
        var actions: [Action] = []
        for _ in 0..<max(0, min(waiting.count, perChild - member.running.count)) {
            actions += assign(waiting.removeFirst(), to: number)
        }
        return actions
    }

    private func isWornOut(_ number: Int, _ residentBytes: Int) -> Bool {
        guard let member = members[number], member.status == .ready else { return false }
        if let most = limits.maxTasks, member.done + member.running.count >= most { return true }
        return limits.maxMemory.map { residentBytes > $0 } ?? false
    }

    private mutating func launch(isQuarantine: Bool) -> Action {
        lastNumber += 1
        launching[lastNumber] = isQuarantine
        return .launch(number: lastNumber, isQuarantine: isQuarantine)
    }

    private mutating func retire(_ number: Int) -> [Action] {
        guard let child = members[number]?.child else { return [] }
        members[number]?.status = .retiring
        child.writer.append(Frame.retire)
        return [.flush(child)]
    }

    private mutating func retireIdlest() -> [Action] {
        let open = members.filter { $0.value.status == .ready && !$0.value.child.isQuarantine }
        return open.min { ($0.value.running.count, $0.key) < ($1.value.running.count, $1.key) }
            .map { retire($0.key) } ?? []
    }

    mutating func open(_ problem: String?) -> [Action] {
        guard !hasOpened else { return [] }
        hasOpened = true
        return [.opened(problem)]
    }
}
