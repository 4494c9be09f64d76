import CeleriacCore
import Foundation
import GRDB
import StoreKit

/// The store's only connection that writes, on a thread of its own.
///
/// Writes that callers submit at the same time gather in a queue. The thread runs all writes that it finds there in one
/// transaction, commits (one sync of the file for all) and answers their callers. A lone write never waits for others.
/// The thread does not belong to Swift's cooperative pool, so that tasks that block the pool cannot prevent lease
/// renewals.
final class Writer: Sendable {
    private let writes: WriteQueue
    private let file: StoreFile
    private let connection: DatabaseQueue
    private let wakeUps: WakeUps
    private let bell: Bell
    private let checkpointer: Checkpointer
    private let synchronous: SQLiteStore.Synchronous
    private let ended = DispatchSemaphore(value: 0)
    private let time: any TimeSource
    private let deadLetters: DeadLetterLimits
    let boot: Int64

    init(
        _ connection: DatabaseQueue, _ file: StoreFile, _ options: SQLiteStore.Options, wakeUps: WakeUps, bell: Bell,
        checkpointer: Checkpointer, time: any TimeSource
    ) {
        self.connection = connection
        self.file = file
        self.wakeUps = wakeUps
        self.bell = bell
        self.checkpointer = checkpointer
        self.time = time
        synchronous = options.synchronous
        deadLetters = options.deadLetters
        boot = BootID.number(of: options.bootID ?? BootID.current)
        writes = WriteQueue(
            deadline: options.deadline, closed: StoreError(.closed, file),
            late: StoreError(.late(options.deadline), file))
        let thread = Thread { [self] in run() }
        thread.name = "celeriac.sqlite.writer"
        thread.start()
    }

    /// Runs `body` in a transaction, together with other simultaneous writes, and returns once it is committed.
    ///
    /// - Parameters:
    ///   - rows: the approximate number of rows that it writes.
    ///   - isDurable: whether it must survive a power cut right after.
    ///   - mayExpire: whether to throw at the deadline. A write whose result holds something must not.
    /// - Throws: ``BrokerError``; then nothing was done, unless it is past the deadline.
    func perform<Value: Sendable>(
        rows: Int = 1, isDurable: Bool = true, isUrgent: Bool = false, mayExpire: Bool = true,
        _ body: @escaping @Sendable (StoreTransaction) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { caller in
            writes.add(
                PendingWrite(rows: rows, isDurable: isDurable, mayExpire: mayExpire, answering: caller, body),
                isUrgent: isUrgent)
        }
    }

    /// Finishes the submitted work, closes the connection and ends the thread.
    func close() {
        writes.close()
        ended.wait()
        ended.signal()
    }

    /// Wakes the waiters that a commit concerns, in this process and in others.
    func announce(_ wakes: Wakes) {
        wakeUps.ring(wakes)
        bell.ring(for: wakes)
    }

    // MARK: The thread

    private func run() {
        connection.writeWithoutTransaction { db in
            let transaction = StoreTransaction(db, time: time, boot: boot, deadLetters: deadLetters)
            var session = WriteSession(db, transaction, synchronous)
            checkpointer.watch(db)
            while let batch = writes.next() {
                run(batch, in: &session)
                checkpointer.checkpointIfDue(db)
            }
        }
        checkpointer.whileOthersDoNot { file.closing(connection) }
        ended.signal()
    }

    private func run(_ batch: [any Write], in session: inout WriteSession) {
        do {
            let wakes = try session.commit(batch)
            for write in batch { write.succeed() }
            announce(wakes)
        } catch {
            let error = StoreError.translating(error, file)
            // A failed write must not fail its neighbours, so each gets a transaction of its own. But a locked file
            // stays locked for all of them.
            guard batch.count > 1, (error as? BrokerError)?.code != .busy else {
                return batch.forEach { $0.fail(error) }
            }
            for write in batch { run([write], in: &session) }
        }
    }
}

/// The writer's connection, and how it commits.
private struct WriteSession {
    private let db: Database
    private let transaction: StoreTransaction
    private let synchronous: SQLiteStore.Synchronous
    private var isSyncing: Bool?

    init(_ db: Database, _ transaction: StoreTransaction, _ synchronous: SQLiteStore.Synchronous) {
        self.db = db
        self.transaction = transaction
        self.synchronous = synchronous
    }

    mutating func commit(_ batch: [any Write]) throws -> Wakes {
        try sync(synchronous == .full && batch.contains { $0.isDurable })
        do {
            try db.inTransaction(.immediate) {
                transaction.begin()
                for write in batch { try write.run(in: transaction) }
                return .commit
            }
        } catch {
            transaction.rollBack()
            throw error
        }
        return transaction.wakes
    }

    /// A claim undone by a power cut might as well never have happened, so a batch of claims and renewals is not
    /// synced.
    private mutating func sync(_ isSyncing: Bool) throws {
        guard isSyncing != self.isSyncing else { return }
        try db.execute(sql: isSyncing ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL")
        self.isSyncing = isSyncing
    }
}
