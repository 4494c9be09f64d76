public import CeleriacCore
import Foundation
public import GRDB
import GRDBSQLite
import StoreKit

extension SQLiteStore: TransactionalBroker {
    /// Publishes within your own transaction on the same file: the tasks exist if, and only if, your own writes do.
    /// Workers wake after your commit.
    ///
    /// ```swift
    /// try await database.write { db in
    ///     try user.insert(db)
    ///     try store.publish([welcome], in: db)
    /// }
    /// ```
    ///
    /// Sets `wal_autocheckpoint` of your connection to 0: SQLite before 3.51.3 may corrupt a file that two connections
    /// checkpoint at once. The store checkpoints for all connections.
    ///
    /// - Parameter db: a connection inside a write transaction, from your own `DatabaseQueue` or `DatabasePool`.
    /// - Throws: ``BrokerError``; with code `refused` outside of a transaction. Let the error end the transaction.
    @discardableResult
    public func publish(_ publications: [Publication], in db: Database) throws -> PublishReport {
        guard db.isInsideTransaction else { throw StoreError(.noTransaction, file).asBrokerError }
        let stored = publications.map(StoredPublication.init)
        let transaction = StoreTransaction(db, time: time, boot: writer.boot)
        let report = try file.translating { try transaction.publish(stored) }
        sqlite3_wal_autocheckpoint(db.sqliteConnection, 0)
        let wakes = transaction.wakes
        db.afterNextTransaction { [writer] _ in writer.announce(wakes) }
        return report
    }
}
