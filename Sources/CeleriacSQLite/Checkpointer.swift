import Foundation
import GRDB
import GRDBSQLite
import Synchronization

/// Moves the write-ahead log back into the database, whichever process happens to find it long.
///
/// SQLite before 3.51.3 (3.50.7, 3.44.6) may corrupt the file if two connections checkpoint at once ("WAL-reset bug",
/// sqlite.org/wal.html). So no connection of ours checkpoints by itself, and who does holds a lock among all processes.
final class Checkpointer: Sendable {
    /// In bytes. A random page of an index is written again and again in a log of this length, and copied back once.
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

    /// Checkpoints if the log is long and nobody else does. What readers still need stays for the next time.
    func checkpointIfDue(_ db: Database) {
        guard gauge.pages.load(ordering: .relaxed) * 4096 >= Self.longLog else { return }
        checkpoint(db)
    }

    func checkpoint(_ db: Database) {
        guard lock.tryLock() else { return }
        defer { lock.unlock() }
        // A failure (a full disk) leaves all as it was, in the log; the next commit tries again.
        let code = sqlite3_wal_checkpoint_v2(db.sqliteConnection, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
        if code == SQLITE_OK { gauge.pages.store(0, ordering: .relaxed) }
    }

    /// For what checkpoints as well: closing the last connection.
    func whileOthersDoNot(_ work: () -> Void) {
        lock.lock()
        work()
        lock.unlock()
    }
}

/// How many pages the log held at the last commit. The checkpointer keeps it for as long as the connection lives.
private final class LogGauge: Sendable {
    let pages = Atomic(0)
}
