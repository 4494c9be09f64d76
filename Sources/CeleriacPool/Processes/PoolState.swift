#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
import CeleriacCore

/// The members of a pool of children, the runs in each, and the next actions.
///
/// Pure: each call reports an event and returns the actions that follow from it. Nothing here waits, writes or signals.
///
/// ```
/// submit -> waiting -> a child with room -> outcome
///                            | the child dies with one run     -> that one crashed it
///                            | the child dies with several     -> suspects -> quarantine, one at a time
///                            | it was killed because of one      -> the others are given back
/// ```
struct PoolState: Sendable {
    enum Status: Sendable { case starting, ready, retiring }

    /// Why the supervisor itself has killed a child.
    enum Killing: Sendable {
        case timeLimit(UInt64, Duration)
        case termination(UInt64)
        /// It holds this much memory.
        case memory(Int)
        case violation(String)
        /// It closed its channel and did not end.
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
        /// Launches after a pause, since children die before they are ready.
        case launchLater(isQuarantine: Bool, attempt: Int)
        case flush(Child)
        case assigned(ChildRun, Child)
        case resolve(ChildRun, Outcome)
        case ended(ChildRun, RunEnd)
        case signal(Child, Int32)
        case lost(ChildLoss)
        case opened(Opening)
        case closed
    }

    /// The result of a pool's start.
    enum Opening: Sendable, Equatable {
        /// The pool can take work.
        case ready
        /// Children die before they are ready, for this reason.
        case impossible(String)
        /// The worker was stopped before a child was ready.
        case abandoned
    }

    let perChild: Int
    let limits: ChildOptions
    let deliveryLimit: Int
    var target: Int
    var members: [Int: Member] = [:]
    var launching: [Int: Bool] = [:]
    /// Launches that wait until a pause is over.
    var pausedLaunches = 0
    var isWardPaused = false
    var waiting: [ChildRun] = []
    var suspects: [ChildRun] = []
    var lastNumber = 0
    var earlyDeaths = 0
    var hasOpened = false
    var isStopping = false

    /// The start fails when this many children in a row die before they are ready.
    static let mostEarlyDeaths = 3

    init(count: Int, perChild: Int, limits: ChildOptions, deliveryLimit: Int) {
        target = max(1, count)
        self.perChild = perChild
        self.limits = limits
        self.deliveryLimit = deliveryLimit
    }

    // MARK: Runs

    mutating func submit(_ run: ChildRun) -> [Action] {
        if let begun = begin(run) { return Self.actions(of: run, begun) }
        guard mayStart(run) else { return [.resolve(run, run.outcomeOfBeingStopped)] }
        waiting.append(run)
        return []
    }

    /// Records the ends of runs in a child.
    mutating func end(_ outcomes: [ChildOutcome], in child: Child) -> [Action] {
        var actions: [Action] = []
        actions.reserveCapacity(outcomes.count)
        for outcome in outcomes { end(outcome, in: child, &actions) }
        return actions
    }

    private mutating func end(_ outcome: ChildOutcome, in child: Child, _ actions: inout [Action]) {
        guard let run = members[child.number]?.running.removeValue(forKey: outcome.number) else { return }
        members[child.number]?.done += 1
        actions.append(.ended(run, outcome.end))
        if isWornOut(child.number, outcome.residentBytes) { actions += retire(child.number) + staff() }
        if !waiting.isEmpty || child.isQuarantine { actions += fill(child.number) }
    }

    /// Stops a run: tells its child, or ends it at once if it still waits for one.
    mutating func cancel(_ run: ChildRun, because reason: CancelReason) -> [Action] {
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

    /// Kills the child that a run is in, because of that run.
    mutating func kill(_ run: ChildRun, _ killing: Killing, by signal: Int32) -> [Action] {
        guard let number = members.first(where: { $0.value.running[run.number] != nil })?.key else { return [] }
        return kill(number, killing, by: signal)
    }

    mutating func kill(_ number: Int, _ killing: Killing, by signal: Int32) -> [Action] {
        guard let child = members[number]?.child else { return [] }
        if members[number]?.killing == nil { members[number]?.killing = killing }
        // A child that is about to die takes no more work.
        members[number]?.status = .retiring
        return [.signal(child, signal)] + staff()
    }

    private func isWornOut(_ number: Int, _ residentBytes: Int) -> Bool {
        guard limits.maxTasks != nil || limits.maxMemory != nil else { return false }
        guard let member = members[number], member.status == .ready else { return false }
        if let most = limits.maxTasks, member.done + member.running.count >= most { return true }
        return limits.maxMemory.map { residentBytes > $0 } ?? false
    }

    mutating func retire(_ number: Int) -> [Action] {
        guard let child = members[number]?.child else { return [] }
        members[number]?.status = .retiring
        child.writer.append(Frame.retire)
        return [.flush(child)]
    }
}
