import CeleriacCore
import Foundation
import GRDB
import Synchronization

/// The database file: whether it can be used, and how connections to it are opened.
struct StoreFile: Sendable {
    let path: String

    /// The small file beside it that is lock and bell: see ``Checkpointer`` and ``Bell``.
    var signalPath: String { path + "-celeriac" }

    /// Makes the file, for its owner only, if it is not there. SQLite gives its companions the same mode.
    ///
    /// - Throws: ``BrokerError`` that says what is wrong with the path.
    init(at path: String) throws {
        self.path = path
        let directory = (path as NSString).deletingLastPathComponent
        try check(directory.isEmpty ? "." : directory)
        if let status = PathStatus(of: path) {
            guard !status.isDirectory else { throw StoreError(.notAFile, self).asBrokerError }
            guard status.isWritable else { throw StoreError(.readOnly, self).asBrokerError }
        } else {
            try translating { try makeEmptyFile(at: path) }
        }
    }

    private func check(_ directory: String) throws {
        guard let status = PathStatus(of: directory), status.isDirectory else {
            throw StoreError(.noDirectory(directory), self).asBrokerError
        }
        guard !status.isOpenToAll else { throw StoreError(.openDirectory(directory), self).asBrokerError }
        if let name = networkFileSystem(of: directory) { throw StoreError(.network(name), self).asBrokerError }
        guard status.isWritable else { throw StoreError(.readOnly, self).asBrokerError }
    }

    // MARK: Connections

    /// The connection that writes; brings the schema up to date.
    func openWriter(_ options: SQLiteStore.Options) throws -> DatabaseQueue {
        var configuration = configuration(options)
        configuration.label = "celeriac.sqlite.writer"
        configuration.prepareDatabase { db in
            guard try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL") == "wal" else {
                throw DatabaseError(resultCode: .SQLITE_CANTOPEN, message: "no write-ahead log on this file system")
            }
            try db.execute(
                sql: """
                    PRAGMA wal_autocheckpoint = 0;
                    PRAGMA journal_size_limit = 33554432;
                    PRAGMA cache_size = -16000;
                    """)
            if let pages = options.mostPages { try db.execute(sql: "PRAGMA max_page_count = \(pages)") }
        }
        let configured = configuration
        return try translating {
            let queue = try DatabaseQueue(path: path, configuration: configured)
            try queue.writeWithoutTransaction { try Schema.migrate($0) }
            return queue
        }
    }

    /// A connection that reads, beside the writer and without holding it up.
    func openReader(_ options: SQLiteStore.Options) throws -> DatabaseQueue {
        var configuration = configuration(options)
        configuration.label = "celeriac.sqlite.reader"
        configuration.readonly = true
        let configured = configuration
        return try translating { try DatabaseQueue(path: path, configuration: configured) }
    }

    func translating<Value>(_ work: () throws -> Value) throws -> Value {
        do { return try work() } catch { throw StoreError.translating(error, self) }
    }

    /// Closes a connection. If SQLite cannot yet (something still reads through it), it does so at the last use.
    func closing(_ connection: DatabaseQueue) { try? connection.close() }

    private func configuration(_ options: SQLiteStore.Options) -> Configuration {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        configuration.qos = .userInitiated
        configuration.busyMode = .callback(BusyWait(options.busyTimeout).tryAgain)
        return configuration
    }
}

/// Waits for a lock in small steps. SQLite's own handler sleeps up to 100 ms at a time, in which the processes that share
/// a file pass its lock by one another.
private final class BusyWait: Sendable {
    private let timeout: Duration
    private let start = Guarded(ContinuousClock.now)

    init(_ timeout: Duration) { self.timeout = timeout }

    func tryAgain(_ tries: Int) -> Bool {
        if tries == 0 { start.withLock { $0 = .now } }
        guard start.withLock({ $0 }).duration(to: .now) < timeout else { return false }
        usleep(500)
        return true
    }
}
