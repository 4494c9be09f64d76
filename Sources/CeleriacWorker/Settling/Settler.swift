import Logging

/// Carries endings out: hands them to the ``EndStore``, frees their slots, counts them and reports them.
///
/// While one batch is being written, it gathers the next, so that many ends cost one transaction and a lone end never
/// waits. Acknowledgements of calls that are about to run are sent separately, so that they do not wait for ends.
final class Settler: Sendable {
    let app: TaskApp
    let store: EndStore
    private let slots: Slots
    private let lease: Duration
    private let events: EventDispatcher?
    private let hooks: WorkerHooks
    private let maker: EndingMaker
    /// `nil` if no store counts the parts of chords.
    private let launcher: ChordLauncher?
    private let endings: Mailbox<Ending>
    let acknowledgements = Mailbox<Acknowledgement>()
    private let tally: EndTally

    init(
        app: TaskApp, store: EndStore, slots: Slots, lease: Duration, events: EventDispatcher?, hooks: WorkerHooks,
        maker: EndingMaker, launcher: ChordLauncher?, tally: EndTally, waker: (any TaskExecutor)?
    ) {
        self.app = app
        self.store = store
        self.slots = slots
        self.lease = lease
        self.events = events
        self.hooks = hooks
        self.maker = maker
        self.launcher = launcher
        self.tally = tally
        endings = Mailbox(waker: waker)
    }

    var statistics: WorkerStatistics { tally.statistics }

    /// The number of attempts of each task that reached a state. Tasks without any are missing.
    var totals: [TaskName: Int] { tally.totals(of: app.registry.allWithBuiltIns) }

    func submit(_ ending: Ending) { endings.put(ending) }

    /// Lets ``run()`` return once everything submitted is settled.
    func finish() {
        endings.finish()
        acknowledgements.finish()
    }

    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.acknowledgeAsked() }
            while let endings = await endings.next() { await carryOut(endings) }
        }
    }

    // MARK: One batch

    private func carryOut(_ submitted: [Ending]) async {
        let (endings, lost) = await write(submitted)
        tally.count(endings, lost: lost)
        free(endings)
        report(lost)
        if let events {
            for ending in endings where !ending.notices.isEmpty && !lost.contains(ending.receipt) {
                events.send(ending.notices)
            }
        }
        guard !hooks.isEmpty else { return }
        for ending in endings where !lost.contains(ending.receipt) { await tell(ending) }
    }

    /// Writes the ends, and repeats that until the stores have them or the leases must have lapsed; in that case the
    /// messages come back to some worker. A call whose end is refused for good fails with the reason.
    ///
    /// - Returns: the endings as they were written, and the receipts of those that were not.
    private func write(_ submitted: [Ending]) async -> ([Ending], Set<Receipt>) {
        let deadline = app.time.uptime + lease
        var pauses = Pauses()
        var (done, open, lost) = ([Ending](), submitted, Set<Receipt>())
        while true {
            let failure: any Error
            do {
                lost.formUnion(try await store.write(open))
                return (done + open, lost)
            } catch let refusal as CompletionRefusal {
                let next = await remainder(of: open, refusal)
                let (kept, refused) = (Set(next.map(\.receipt)), Set(refusal.reasons.keys))
                done += open.filter { !kept.contains($0.receipt) }
                lost.formUnion(refusal.lost.union(refused.subtracting(kept)))
                if next.isEmpty { return (done, lost) }
                open = next
                guard let passing = refusal.reasons.values.first(where: \.error.isTransient) else { continue }
                failure = passing.error
            } catch {
                failure = error
            }
            let isWorthwhile = (failure as? BrokerError)?.isTransient ?? false
            guard isWorthwhile, app.time.uptime < deadline, (try? await app.time.sleep(for: pauses.next())) != nil
            else {
                app.logger.error(
                    "\(open.count) ended attempts could not be settled; their calls will run again",
                    metadata: ["error": "\(failure)"]
                )
                lost.formUnion(open.map(\.receipt))
                return (done + open, lost)
            }
        }
    }

    /// The ends that remain to be written: those whose refusal may pass as they are, and the substitutes of the others.
    private func remainder(of endings: [Ending], _ refusal: CompletionRefusal) async -> [Ending] {
        var remainder: [Ending] = []
        for ending in endings {
            guard let reason = refusal.reasons[ending.receipt] else { continue }
            if reason.error.isTransient {
                remainder.append(ending)
            } else if let next = await maker.substitute(for: ending, refused: reason) {
                remainder.append(next)
            }
        }
        return remainder
    }

    // MARK: After it

    /// An attempt that reported a part keeps its slot until the body that the part may have made due is launched, so
    /// that a worker that ends when nothing remains to be done does not end before.
    private func free(_ endings: [Ending]) {
        guard let launcher, endings.contains(where: \.reportsPart) else {
            return slots.free(endings.lazy.map(\.receipt))
        }
        slots.free(endings.lazy.filter { !$0.reportsPart }.map(\.receipt))
        launcher.look(then: endings.filter(\.reportsPart).map(\.receipt))
    }

    private func report(_ lost: Set<Receipt>) {
        for receipt in lost {
            app.logger.warning(
                "leaseLost: another consumer holds the delivery, or it is already settled; the result is dropped",
                metadata: ["receipt": "\(receipt)"])
        }
    }

    private func tell(_ ending: Ending) async {
        let verdict = ending.verdict
        if let context = ending.execution.context {
            await hooks.tell(.taskEnded(context, state: verdict.state, failure: verdict.failure))
        } else if case .parked(_, let reason, _) = verdict {
            let delivery = ending.attempt.delivery
            await hooks.tell(
                .parked(id: delivery.id, task: delivery.envelope.task, queue: delivery.queue, reason: reason))
        }
    }
}
