import Logging
import Synchronization

/// Launches the bodies of chords that are due.
///
/// ```
/// settler: a part is counted ---> look ---> claim ---> join ---> expand ---> launch, in one step of the store
///         every ten seconds ---'                          a part has failed ---> the errbacks, and FAILURE of the body
/// ```
///
/// Nothing depends on this process: the store knows which chords are due. If the process dies between claim and launch,
/// another worker continues once the claim has lapsed. Launched calls have the same ids whichever worker launches them.
final class ChordLauncher: Sendable {
    /// How long a claim keeps a chord from other workers; about as long as in Celery.
    static let claim = Duration.seconds(20)
    static let interval = Duration.seconds(10)
    private static let mostAtOnce = 50

    private let app: TaskApp
    private let chords: any ChordStore
    private let store: EndStore
    private let slots: Slots
    /// The requested looks, each with the receipts that keep a slot until it is over.
    private let looks = Mailbox<[Receipt]>()

    init(app: TaskApp, chords: any ChordStore, store: EndStore, slots: Slots) {
        self.app = app
        self.chords = chords
        self.store = store
        self.slots = slots
    }

    /// Requests a look. The slots of these receipts are free after it.
    func look(then receipts: [Receipt] = []) { looks.put(receipts) }

    /// Lets ``run()`` return once it has done all requested looks.
    func finish() { looks.finish() }

    /// Looks for due chords whenever a look was requested.
    func run() async {
        while let asked = await looks.next() {
            await launchDue()
            let receipts = asked.joined()
            if !receipts.isEmpty { slots.free(receipts) }
        }
    }

    /// Requests a look at intervals, for chords whose worker died.
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
                // The result may be shorter than requested though more chords are due: a store returns only a few large
                // ones at a time.
                let chords = try await chords.claimChords(upTo: Self.mostAtOnce, lease: Self.claim)
                if chords.isEmpty { return }
                for chord in chords { await tryToLaunch(chord) }
            }
        } catch {
            app.logger.warning("chords that are due could not be claimed now", metadata: ["error": "\(error)"])
        }
    }

    /// A chord that fails here is still due: a later look finds it once its claim has lapsed.
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
