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

    private let app: TaskApp
    private let chords: any ChordStore
    private let store: EndStore
    private let slots: Slots
    /// The looks that were asked for, each with what keeps a slot until it is over.
    private let looks = Mailbox<[Receipt]>()

    init(app: TaskApp, chords: any ChordStore, store: EndStore, slots: Slots) {
        self.app = app
        self.chords = chords
        self.store = store
        self.slots = slots
    }

    /// Asks for a look, after which the slots of these are free.
    func look(then receipts: [Receipt] = []) { looks.put(receipts) }

    /// Lets ``run()`` return once it has looked for all that was asked for.
    func finish() { looks.finish() }

    /// Looks when asked to.
    func run() async {
        while let asked = await looks.next() {
            await launchDue()
            let receipts = asked.joined()
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

    // MARK: Launching

    private func launchDue() async {
        do {
            while true {
                // It may be fewer than asked for though more are due: where parts are large, a store hands out a few.
                let chords = try await chords.claimChords(upTo: Self.mostAtOnce, lease: Self.claim)
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
        let launch = try await ChordOutcome(of: chord, app).launch()
        guard try await !store.launch(launch, in: chords) else { return }
        app.logger.info("another worker has launched a chord", metadata: ["chord": "\(chord.groupID)"])
    }
}
