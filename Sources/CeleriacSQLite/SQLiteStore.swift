public import CeleriacCore
import CeleriacLogging
import Foundation
import GRDB
public import Logging
import Synchronization
import StoreKit

/// A broker and result backend in one SQLite file, for any number of processes on one machine.
///
/// ```swift
/// let store = try SQLiteStore(path: "tasks.sqlite")
/// try await store.publish([Publication(envelope, to: "mail")])
/// ```
///
/// - Everything that `publish` or `complete` has done is on the disk when the call returns. Each process commits
///   through one connection on a thread of its own, with `synchronous=FULL` unless configured otherwise; simultaneous
///   calls share a commit.
/// - Leases end by the machine's uptime, and all of them end with a reboot. A power cut may undo the claims (not the
///   settlements) of its last moments: those messages are then ready again, and the delivery does not count.
/// - Other processes wake by a bell: see `Bell`. It is the file `<path>-celeriac` next to the database.
/// - All tables start with `celeriac_`, so the file may be your application's own database; see
///   ``publish(_:in:)`` for enqueueing in your own transaction. The database is put into WAL mode.
public final class SQLiteStore: StateDerivingStore {
    /// How commits are made durable.
    public enum Synchronous: String, Sendable, CaseIterable {
        /// Every commit waits for the disk: it survives a power cut.
        case full
        /// A power cut may undo the last commits; the end of a process never does.
        case normal
    }

    /// The settings of a store.
    public struct Options: Sendable {
        public var synchronous = Synchronous.full
        /// How long to wait while another process holds the file locked, before a call throws ``BrokerError`` with code
        /// `busy`. Default 5 s.
        public var busyTimeout = Duration.seconds(5)
        /// How long a call waits for its turn before it throws ``BrokerError`` with code `deadlineExceeded`. Default 5
        /// s.
        public var deadline = Duration.seconds(5)
        /// How many dead letters each queue keeps; adding one drops the oldest beyond that.
        public var deadLetters = DeadLetterLimits()
        /// Identifies the boot of the machine; `nil` uses the system's own.
        var bootID: String?
        /// The largest size of the file, in pages; `nil` leaves the limit to the disk.
        var mostPages: Int?

        public init() {}
    }

    public let transport = "sqlite"
    public let deadLetterLimits: DeadLetterLimits?
    let file: StoreFile
    let time: any TimeSource
    let writer: Writer
    let wakeUps = WakeUps()
    let bell: Bell
    private let watch: BellWatch
    private let records: DatabaseQueue
    private let inspection: DatabaseQueue
    private let isClosed = Atomic(false)

    /// Opens the file, or creates it with mode 0600.
    ///
    /// - Parameter path: its directory must exist, be on a local disk, and not be writable by everybody.
    /// - Throws: ``BrokerError`` that describes what is wrong with the file and what to do.
    public init(
        path: String, options: Options = Options(), time: any TimeSource = SystemTime(),
        logger: Logger = Logger(label: "celeriac.sqlite")
    ) throws {
        let file = try StoreFile(at: path, logger: logger.escapingMetadata)
        let connection = try file.openWriter(options)
        let signal = try file.translating { try FileDescriptor(openingOrMaking: file.signalPath) }
        let bell = Bell(signal)
        let wakeUps = wakeUps
        let relay = BellRelay(bell, wakeUps)
        watch = try file.translating { try BellWatch(file.signalPath, signal) { relay.rung() } }
        relay.watch(by: watch)
        records = try file.openReader(options)
        inspection = try file.openReader(options)
        writer = Writer(
            connection, file, options, wakeUps: wakeUps, bell: bell,
            checkpointer: Checkpointer(FileLock(descriptor: signal)), time: time)
        deadLetterLimits = options.deadLetters
        self.file = file
        self.bell = bell
        self.time = time
    }

    deinit { close() }

    /// Finishes pending work and closes the file; later calls throw ``BrokerError`` with code `closed`.
    ///
    /// Idempotent. A store closes itself when nothing references it any longer.
    public func close() {
        guard !isClosed.exchange(true, ordering: .sequentiallyConsistent) else { return }
        watch.cancel()
        // The writer closes last, because the last connection to close checkpoints, and the writer takes the lock for
        // that.
        file.closing(records)
        file.closing(inspection)
        writer.close()
        wakeUps.ringAll()
    }

    // MARK: Reading and waiting

    /// Reads data of a single call.
    func readRecord<Value: Sendable>(_ work: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        try await read(records, work)
    }

    /// Reads data that may take long, on a separate connection.
    func inspect<Value: Sendable>(_ work: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        try await read(inspection, work)
    }

    private func read<Value: Sendable>(
        _ connection: DatabaseQueue, _ work: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        guard !isClosed.load(ordering: .relaxed) else { throw StoreError(.closed, file).asBrokerError }
        do {
            return try await connection.read(work)
        } catch {
            guard !isClosed.load(ordering: .relaxed) else { throw StoreError(.closed, file).asBrokerError }
            throw StoreError.translating(error, file)
        }
    }

    /// Looks until there is something to return. Between two looks it waits for one of `events` in this or another
    /// process, but for a second at most, because bells are only hints.
    ///
    /// - Throws: `CancellationError` when cancelled.
    func untilFound<Value: Sendable>(
        _ events: [WakeUps.Event], _ look: () async throws -> Look<Value>
    ) async throws -> Value {
        try await wakeUps.untilFound(events, time) {
            watch.arm()
            return try await look()
        }
    }

    /// - Parameter due: the time at which there will be something, if known.
    func pause(until due: Date? = nil) -> Duration {
        let pause = due.map { Duration.bounded(seconds: $0.timeIntervalSince(time.now)) } ?? .seconds(1)
        return min(pause, .seconds(.random(in: 0.75...1)))
    }
}
