import Logging
import Synchronization

/// Carries decisions out: the one place where a settlement reaches the broker.
///
/// Gathers what ended while the last batch was under way, so that many ends cost one transaction, and a lone one waits
/// for nothing.
final class Settler: Sendable {
    /// An attempt that ended, and what is to be done about it.
    final class End: Sendable {
        let attempt: Attempt
        let decision: Decision
        let change: StateChange?
        /// What follows; `nil` = nothing.
        let sequel: CanvasRunner.Sequel?
        /// `nil` if the task was never started.
        let context: TaskContext?
        /// Whether the delivery was acknowledged before it ran.
        let isSettled: Bool
        /// Which task it was of; `nil` if none was found.
        let task: AnyTask?
        /// What is told once it is settled.
        let notices: [TaskNotice]
        /// Makes the end of a call that fails since this end could not be written; `nil` where nothing follows.
        let failing: (@Sendable (TaskFailure) async -> End)?

        init(
            attempt: Attempt, decision: Decision, change: StateChange?, sequel: CanvasRunner.Sequel?,
            context: TaskContext?, isSettled: Bool, task: AnyTask?, notices: [TaskNotice],
            failing: (@Sendable (TaskFailure) async -> End)? = nil
        ) {
            self.failing = failing
            self.attempt = attempt
            self.decision = decision
            self.change = change
            self.sequel = sequel
            self.context = context
            self.isSettled = isSettled
            self.task = task
            self.notices = notices
        }
    }

    private struct Counts {
        var all = WorkerStatistics()
        /// Attempts that came to a state, by their task's index.
        var byTask: [Int] = []

        mutating func count(_ end: End) {
            all.count(end.decision.state, wasStarted: end.context != nil)
            guard let index = end.task?.index, end.decision.state != .pending else { return }
            if index >= byTask.count { byTask += Array(repeating: 0, count: index + 1 - byTask.count) }
            byTask[index] += 1
        }
    }

    private struct State {
        var ends: [End] = []
        var waiter: CheckedContinuation<Void, Never>?
        var isFinished = false
    }

    let app: TaskApp
    private let slots: Slots
    private let lease: Duration
    private let events: EventDispatcher?
    private let hooks: WorkerHooks
    /// `nil` where nothing counts the parts of chords.
    private let launcher: ChordLauncher?
    private let state = Guarded(State())
    private let counts = Guarded(Counts())

    init(
        app: TaskApp, slots: Slots, lease: Duration, events: EventDispatcher?, hooks: WorkerHooks,
        launcher: ChordLauncher?
    ) {
        self.app = app
        self.slots = slots
        self.lease = lease
        self.events = events
        self.hooks = hooks
        self.launcher = launcher
    }

    var statistics: WorkerStatistics { counts.withLock { $0.all } }

    /// Attempts of each task that came to a state, besides those that were none.
    var totals: [TaskName: Int] {
        let counts = counts.withLock { $0.byTask }
        return app.registry.allWithBuiltIns.reduce(into: [:]) { totals, task in
            if counts.indices.contains(task.index), counts[task.index] > 0 { totals[task.name] = counts[task.index] }
        }
    }

    func submit(_ end: End) {
        state.withLock { state in
            state.ends.append(end)
            return state.waiter.take()
        }?.resume()
    }

    /// Lets ``run()`` return once everything submitted is settled.
    func finish() {
        state.withLock { state in
            state.isFinished = true
            return state.waiter.take()
        }?.resume()
    }

    func run() async {
        while let ends = await next() { await carryOut(ends) }
    }

    private func next() async -> [End]? {
        while true {
            let (ends, isFinished) = state.withLock { state in
                defer { state.ends = [] }
                return (state.ends, state.isFinished)
            }
            if !ends.isEmpty { return ends }
            if isFinished { return nil }
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state in
                    if !state.ends.isEmpty || state.isFinished { return true }
                    state.waiter = continuation
                    return false
                }
                if isReady { continuation.resume() }
            }
        }
    }

    private func carryOut(_ submitted: [End]) async {
        let (ends, lost) = await settle(submitted)
        counts.withLock { counts in
            for end in ends {
                if end.decision.settlement == nil || lost.contains(end.attempt.delivery.receipt) {
                    counts.all.leasesLost += 1
                } else {
                    counts.count(end)
                }
            }
        }
        free(ends)
        report(lost)
        if let events {
            for end in ends where !end.notices.isEmpty && !lost.contains(end.attempt.delivery.receipt) {
                events.send(end.notices)
            }
        }
        guard !hooks.isEmpty else { return }
        for end in ends where !lost.contains(end.attempt.delivery.receipt) { await tell(end) }
    }

    /// What reported a part keeps its slot until the body that this may have made due is launched, so that a worker which ends
    /// when there is nothing left to do does not end before.
    private func free(_ ends: [End]) {
        guard let launcher, ends.contains(where: \.reportsPart) else {
            return slots.free(ends.lazy.map(\.attempt.delivery.receipt))
        }
        slots.free(ends.lazy.filter { !$0.reportsPart }.map(\.attempt.delivery.receipt))
        launcher.look(then: ends.filter(\.reportsPart).map(\.attempt.delivery.receipt))
    }

    /// Tries until the broker has it, or the leases must have lapsed: then the messages come back to some worker. A call whose
    /// end cannot be written fails with the reason.
    ///
    /// - Returns: the ends as they were written, and the receipts of those that were not.
    private func settle(_ submitted: [End]) async -> ([End], Set<Receipt>) {
        let settlements = Settlements(app: app)
        let deadline = app.time.uptime + lease
        var pauses = Pauses()
        var (done, open, lost) = ([End](), submitted, Set<Receipt>())
        while true {
            do {
                lost.formUnion(try await settlements.carryOut(open))
                return (done + open, lost)
            } catch let refusal as CompletionRefusal {
                let next = await failing(open, refusal)
                let (kept, refused) = (Set(next.map(\.attempt.delivery.receipt)), Set(refusal.reasons.keys))
                done += open.filter { !kept.contains($0.attempt.delivery.receipt) }
                lost.formUnion(refusal.lost.union(refused.subtracting(kept)))
                if next.isEmpty { return (done, lost) }
                open = next
            } catch {
                let isWorthwhile = (error as? BrokerError)?.isTransient ?? false
                guard isWorthwhile, app.time.uptime < deadline, (try? await app.time.sleep(for: pauses.next())) != nil
                else {
                    app.logger.error(
                        "\(open.count) ended attempts could not be settled; they will be repeated",
                        metadata: ["error": "\(error)"]
                    )
                    lost.formUnion(open.map(\.attempt.delivery.receipt))
                    return (done + open, lost)
                }
            }
        }
    }

    private func report(_ lost: Set<Receipt>) {
        for receipt in lost {
            app.logger.warning(
                "leaseLost: another consumer holds it, or it was settled; result dropped",
                metadata: ["receipt": "\(receipt)"])
        }
    }

    private func tell(_ end: End) async {
        if let context = end.context {
            await hooks.tell(.taskEnded(context, state: end.decision.state, failure: end.decision.failure))
        } else if case .deadLetter(let reason) = end.decision.settlement {
            let delivery = end.attempt.delivery
            await hooks.tell(
                .parked(id: delivery.id, task: delivery.envelope.task, queue: delivery.queue, reason: reason)
            )
        }
    }
}

/// How the ends of attempts reach the stores: in one transaction where one store is both, else results first.
struct Settlements: Sendable {
    let app: TaskApp

    /// - Returns: the receipts whose lease was lost.
    /// - Throws: ``CompletionRefusal`` for those that cannot be written, once the others are.
    func carryOut(_ ends: [Settler.End]) async throws -> Set<Receipt> {
        var refusal = CompletionRefusal()
        try await carryOutEarlyEnds(ends, &refusal)
        let due = ends.filter { !$0.isSettled && $0.decision.settlement != nil }
        let lost = try await settle(due, &refusal)
        guard !refusal.reasons.isEmpty else { return lost }
        refusal.lost = lost
        throw refusal
    }

    private func settle(_ due: [Settler.End], _ refusal: inout CompletionRefusal) async throws -> Set<Receipt> {
        guard !due.isEmpty else { return [] }
        if let store = app.backend.completion {
            return try await complete(due, in: store, &refusal)
        }
        // At least once on purpose: a crash between the two repeats the task, and the state yields to the repetition. What
        // follows has the same ids then, so that it is a duplicate as long as it waits or runs; and a part counts once.
        let refused = try await tell(of: due, &refusal)
        let written = due.filter { refusal.reasons[$0.attempt.delivery.receipt] == nil }
        try await buryDead(written)
        let lost = try await app.broker.settle(
            written.compactMap { end in end.decision.settlement.map { (end.attempt.delivery.receipt, app.carried($0)) }
            }
        )
        try await publishReplacements(
            of: written.filter { !lost.contains($0.attempt.delivery.receipt) }, among: refused)
        return lost
    }

    private func complete(
        _ due: [Settler.End], in store: any CompletionStore, _ refusal: inout CompletionRefusal
    ) async throws -> Set<Receipt> {
        var lost: Set<Receipt>
        do { lost = try await store.complete(due.compactMap(\.completion)) } catch let error as CompletionRefusal {
            lost = error.lost
            refusal.reasons.merge(error.reasons) { $1 }
        }
        for end in due {
            let receipt = end.attempt.delivery.receipt
            guard let sequel = end.sequel, !lost.contains(receipt), refusal.reasons[receipt] == nil else { continue }
            await app.tell(sequel.publications)
        }
        return lost
    }

    /// Records the states and publishes what follows, for all ends at once; where that is refused, for each alone, so that one
    /// harms no other.
    ///
    /// - Returns: the ids of the publications that were not taken.
    private func tell(of ends: [Settler.End], _ refusal: inout CompletionRefusal) async throws -> Set<TaskID> {
        do {
            try await record(ends)
            return try await carryOn(ends)
        } catch let error as BrokerError where error.code == .refused {
            var refused: Set<TaskID> = []
            for end in ends { refused.formUnion(try await tell(of: end, &refusal)) }
            return refused
        }
    }

    private func tell(of end: Settler.End, _ refusal: inout CompletionRefusal) async throws -> Set<TaskID> {
        var part = CompletionRefusal.Reason.Part.result
        do {
            try await record([end])
            part = .continuation
            return try await carryOn([end])
        } catch let error as BrokerError where error.code == .refused {
            refusal.reasons[end.attempt.delivery.receipt] = .init(part: part, error: error)
            return []
        }
    }

    /// What takes the place of a call under its own id is refused, by a broker that knows ids, as long as that call stands. Only
    /// a crash just now loses it: such a broker is best its own result backend.
    private func publishReplacements(of ends: [Settler.End], among refused: Set<TaskID>) async throws {
        let late = ends.filter { $0.decision.replacement != nil && refused.contains($0.attempt.delivery.id) }
            .flatMap { end in
                (end.sequel?.publications ?? []).filter { $0.envelope.id == end.attempt.delivery.id }
            }
        if !late.isEmpty { try await app.hand(late) }
    }

    /// Those acknowledged before they ran: only their state is left to be written, and a retry is a new message.
    private func carryOutEarlyEnds(_ ends: [Settler.End], _ refusal: inout CompletionRefusal) async throws {
        let early = ends.filter(\.isSettled)
        guard !early.isEmpty else { return }
        let again = early.compactMap { end -> Publication? in
            guard case .retry(let envelope, let notBefore) = end.decision.settlement else { return nil }
            return Publication(envelope.straight, to: end.attempt.delivery.queue, notBefore: notBefore)
        }
        if !again.isEmpty { try await app.broker.publish(again) }
        _ = try await tell(of: early, &refusal)
    }

    private func record(_ ends: [Settler.End]) async throws {
        let changes = ends.compactMap(\.change)
        if !changes.isEmpty, let results = app.results { try await results.record(changes) }
        try await recordFailed(ends)
    }

    /// What will never run fails with the call that it waited for: before that one is settled, so that nobody who waits is
    /// forgotten. If the call is run again after all and succeeds, so does what follows, and SUCCESS wins.
    private func recordFailed(_ ends: [Settler.End]) async throws {
        let failed = ends.flatMap { $0.sequel?.failed ?? [] }
        if !failed.isEmpty, let results = app.results { try await results.record(failed) }
    }

    /// Opens chords before the calls of their headers are published, and reports the parts.
    ///
    /// - Returns: the ids of the publications that were not taken.
    private func carryOn(_ ends: [Settler.End]) async throws -> Set<TaskID> {
        let steps = ends.flatMap { $0.sequel?.chordSteps ?? [] }
        if !steps.isEmpty, let chords = app.backend.chords { try await chords.take(steps) }
        let publications = ends.flatMap { $0.sequel?.publications ?? [] }
        guard !publications.isEmpty else { return [] }
        return Set(try await app.hand(publications).duplicates.keys)
    }
}

extension Settler.End {
    fileprivate var completion: Completion? {
        decision.settlement.map { settlement in
            var completion = Completion(
                receipt: attempt.delivery.receipt, settlement: settlement, change: change,
                continuation: sequel?.publications ?? [], isAskedRetry: decision.isAskedRetry)
            completion.failed = sequel?.failed ?? []
            completion.chordSteps = sequel?.chordSteps ?? []
            return completion
        }
    }

    fileprivate var reportsPart: Bool {
        sequel?.chordSteps.contains { if case .part = $0 { true } else { false } } ?? false
    }
}

extension Envelope {
    /// The same call straight into a queue, past the exchange that it came through: that may lead to other queues too.
    fileprivate var straight: Envelope {
        guard properties.exchange != nil else { return self }
        var properties = properties
        properties.exchange = nil
        properties.routingKey = nil
        return Envelope(headers: headers, properties: properties, body: body)
    }
}
