import Logging
import Synchronization

/// Launches the bodies of chords that are due.
///
/// ```
/// settler: a part is counted ---> look ---> claim ---> join ---> expand ---> launch, in one step of the store
///         every ten seconds ---'                          a part has failed ---> the errbacks, and FAILURE of the body
/// ```
///
/// Nothing hangs on this process: the store knows what is due, and if it dies between claim and launch, whoever looks after the
/// claim has lapsed goes on. The ids of what is launched are the same whoever does it.
final class ChordLauncher: Sendable {
    /// For how long nobody else gets a chord that was claimed here; about what Celery takes.
    static let claim = Duration.seconds(20)
    static let interval = Duration.seconds(10)
    private static let mostAtOnce = 50

    private struct State {
        var mustLook = false
        /// What keeps a slot until the look that begins next is over.
        var receipts: [Receipt] = []
        var waiter: CheckedContinuation<Void, Never>?
        var isFinished = false
    }

    private let app: TaskApp
    private let store: any ChordStore
    private let slots: Slots
    private let state = Guarded(State())

    init(app: TaskApp, store: any ChordStore, slots: Slots) {
        self.app = app
        self.store = store
        self.slots = slots
    }

    /// Asks for a look, after which the slots of these are free.
    func look(then receipts: [Receipt] = []) {
        state.withLock { state in
            state.mustLook = true
            state.receipts += receipts
            return state.waiter.take()
        }?.resume()
    }

    /// Lets ``run()`` return once it has looked for all that was asked for.
    func finish() {
        state.withLock { state in
            state.isFinished = true
            return state.waiter.take()
        }?.resume()
    }

    /// Looks when asked to.
    func run() async {
        while let receipts = await next() {
            await launchDue()
            if !receipts.isEmpty { slots.free(receipts) }
        }
    }

    /// Asks for a look now and then, for what died in other hands.
    func sweep() async {
        while !Task.isCancelled {
            look()
            guard (try? await app.time.sleep(for: Self.interval)) != nil else { return }
        }
    }

    private func next() async -> [Receipt]? {
        while true {
            let (receipts, isFinished) = state.withLock { state -> ([Receipt]?, Bool) in
                guard state.mustLook else { return (nil, state.isFinished) }
                defer { (state.mustLook, state.receipts) = (false, []) }
                return (state.receipts, state.isFinished)
            }
            if let receipts { return receipts }
            if isFinished { return nil }
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state in
                    if state.mustLook || state.isFinished { return true }
                    state.waiter = continuation
                    return false
                }
                if isReady { continuation.resume() }
            }
        }
    }

    // MARK: Launching

    private func launchDue() async {
        do {
            while true {
                // It may be fewer than asked for though more are due: where parts are large, a store hands out a few.
                let chords = try await store.claimChords(upTo: Self.mostAtOnce, lease: Self.claim)
                if chords.isEmpty { return }
                for chord in chords { await tryToLaunch(chord) }
            }
        } catch {
            app.logger.warning("chords that are due could not be claimed now", metadata: ["error": "\(error)"])
        }
    }

    /// What fails here is due still: a look finds it once its claim has lapsed.
    private func tryToLaunch(_ chord: ClaimedChord) async {
        do { try await launch(chord) } catch {
            app.logger.warning(
                "a chord that is due could not be launched now",
                metadata: ["error": "\(error)", "chord": "\(chord.groupID)"])
        }
    }

    private func launch(_ chord: ClaimedChord) async throws {
        let outcome = ChordOutcome(of: chord, app)
        var launch = try await outcome.launch()
        let publications = launch.publications
        if app.backend.completion == nil {
            // Two stores: a crash between them repeats what is published, under the same ids.
            try await app.hand(publications)
            launch.publications = []
        }
        let isOurs = try await store.launch(launch)
        if isOurs, app.backend.completion != nil { await app.tell(publications) }
        if !isOurs { app.logger.info("another worker has launched a chord", metadata: ["chord": "\(chord.groupID)"]) }
    }
}
