public import CeleriacCore
import Foundation
import GRDB
import Synchronization
import StoreKit

/// Broker and result backend in one SQLite file, for any number of processes of one machine.
///
/// ```swift
/// let store = try SQLiteStore(path: "tasks.sqlite")
/// try await store.publish([Publication(envelope, to: "mail")])
/// ```
///
/// - What `publish` or `complete` returned from is on the disk: each process commits through one connection on a thread of
///   its own, with `synchronous=FULL` unless told otherwise; calls made at the same time share a commit.
/// - Leases end by the machine's uptime, and all of them with a reboot. A power cut may undo the claims (not the
///   settlements) of its last moments: those messages are then ready again, their delivery not counted.
/// - Other processes wake by a bell: see `Bell`. The file `<path>-celeriac` beside the database carries it.
/// - All tables start with `celeriac_`, so the file may be your application's own database; see
///   ``publish(_:in:)`` for enqueueing in your own transaction. The database is put into WAL mode.
public final class SQLiteStore: StateDerivingStore {
    /// How a commit is made to last.
    public enum Synchronous: String, Sendable, CaseIterable {
        /// Every commit waits for the disk: it survives a power cut.
        case full
        /// A power cut may undo the last commits, the end of a process never.
        case normal
    }

    /// How a store behaves.
    public struct Options: Sendable {
        public var synchronous = Synchronous.full
        /// For how long to wait while another process holds the file locked, before a call throws
        /// ``BrokerError`` with code `busy`. Default 5 s.
        public var busyTimeout = Duration.seconds(5)
        /// For how long a call waits for its turn, before it throws ``BrokerError`` with code `deadlineExceeded`. Default
        /// 5 s.
        public var deadline = Duration.seconds(5)
        /// How many dead letters each queue keeps; whoever parks one drops the oldest beyond that.
        public var deadLetters = DeadLetterLimits()
        /// Stands for the run of the machine; `nil` = the system's.
        var bootID: String?
        /// The largest size of the file, in pages; `nil` = that of the disk.
        var mostPages: Int?

        public init() {}
    }

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

    /// Opens the file, or makes it with mode 0600.
    ///
    /// - Parameter path: its directory must exist, on a local disk, and not be writable to everybody.
    /// - Throws: ``BrokerError`` that says what is wrong with the file and what to do.
    public init(path: String, options: Options = Options(), time: any TimeSource = SystemTime()) throws {
        let file = try StoreFile(at: path)
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

    /// Finishes what was asked for and closes the file; calls from then on throw ``BrokerError`` with code `closed`.
    ///
    /// Idempotent. A store that nobody holds any more closes itself.
    public func close() {
        guard !isClosed.exchange(true, ordering: .sequentiallyConsistent) else { return }
        watch.cancel()
        // The writer last, since the last one to close checkpoints, and it knows the lock for that.
        file.closing(records)
        file.closing(inspection)
        writer.close()
        wakeUps.ringAll()
    }

    // MARK: Reading and waiting

    /// Reads what concerns one call.
    func readRecord<Value: Sendable>(_ work: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        try await read(records, work)
    }

    /// Reads what may take long, on a connection of its own.
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

    /// Looks until there is something to return; in between waits for one of `events` in this or another process, and for a
    /// second at most, since bells are but hints.
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

    /// - Parameter due: when there will be something, if that is known.
    func pause(until due: Date? = nil) -> Duration {
        let pause = due.map { Duration.bounded(seconds: $0.timeIntervalSince(time.now)) } ?? .seconds(1)
        return min(pause, .seconds(.random(in: 0.75...1)))
    }
}
