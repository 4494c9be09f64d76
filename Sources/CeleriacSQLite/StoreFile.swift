import CeleriacCore
import Foundation
import GRDB
import Logging
import Synchronization

/// The database file: checks that it can be used, and opens connections to it.
struct StoreFile: Sendable {
    let path: String
    let logger: Logger

    /// The small file next to it that serves as lock and bell: see ``Checkpointer`` and ``Bell``.
    var signalPath: String { path + "-celeriac" }

    /// Creates the file, for its owner only, if it does not exist. SQLite gives its companion files the same mode.
    ///
    /// - Throws: ``BrokerError`` that describes what is wrong with the path.
    init(at path: String, logger: Logger) throws {
        self.path = path
        self.logger = logger
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

    /// Opens the connection that writes, and brings the schema up to date.
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

    /// Opens a connection that reads, in parallel with the writer and without blocking it.
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

    /// Closes a connection. If something still reads through it, SQLite closes it after the last use.
    func closing(_ connection: DatabaseQueue) {
        do { try connection.close() } catch {
            logger.debug(
                "A connection was not closed at once; SQLite closes it after its last use",
                metadata: ["file": "\(path)", "error": "\(error)"])
        }
    }

    private func configuration(_ options: SQLiteStore.Options) -> Configuration {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        configuration.qos = .userInitiated
        configuration.busyMode = .callback(BusyWait(options.busyTimeout).tryAgain)
        return configuration
    }
}

/// Waits for a lock in small steps. SQLite's own handler sleeps up to 100 ms at a time, so that processes sharing a
/// file would miss the moments at which the lock is free.
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
