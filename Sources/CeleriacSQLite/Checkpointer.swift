import Foundation
import GRDB
import GRDBSQLite
import Synchronization

/// Moves the write-ahead log back into the database. Any process that finds the log long does it.
///
/// SQLite before 3.51.3 (3.50.7, 3.44.6) may corrupt the file if two connections checkpoint at once ("WAL-reset bug",
/// So no connection of ours checkpoints by itself, and a checkpoint holds a lock among all processes.
final class Checkpointer: Sendable {
    /// In bytes. In a log of this length a random page of an index is written many times, but copied back once.
    private static let longLog = 16 << 20

    private let lock: FileLock
    private let gauge = LogGauge()

    init(_ lock: FileLock) { self.lock = lock }

    /// Measures the log at each commit of this connection, and keeps SQLite from checkpointing on its own.
    func watch(_ db: Database) {
        sqlite3_wal_hook(
            db.sqliteConnection,
            { gauge, _, _, pages in
                Unmanaged<LogGauge>.fromOpaque(gauge!).takeUnretainedValue().pages.store(Int(pages), ordering: .relaxed)
                return SQLITE_OK
            }, Unmanaged.passUnretained(gauge).toOpaque())
    }

    /// Checkpoints if the log is long and no other process does. Pages that readers still need stay for the next time.
    func checkpointIfDue(_ db: Database) {
        guard gauge.pages.load(ordering: .relaxed) * 4096 >= Self.longLog else { return }
        checkpoint(db)
    }

    func checkpoint(_ db: Database) {
        guard lock.tryLock() else { return }
        defer { lock.unlock() }
        // A failure (a full disk) leaves everything in the log; the next commit tries again.
        let code = sqlite3_wal_checkpoint_v2(db.sqliteConnection, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
        if code == SQLITE_OK { gauge.pages.store(0, ordering: .relaxed) }
    }

    /// Runs other work that checkpoints, such as closing the last connection, under the same lock.
    func whileOthersDoNot(_ work: () -> Void) {
        lock.lock()
        work()
        lock.unlock()
    }
}

/// The number of pages in the log at the last commit. The checkpointer keeps it as long as the connection lives.
private final class LogGauge: Sendable {
    let pages = Atomic(0)
}
