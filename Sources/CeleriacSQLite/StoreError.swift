import CeleriacCore
import GRDB

/// The ways in which a store can fail, and the message for each: what was tried, on which file, what to do.
struct StoreError {
    enum Kind {
        case noDirectory(String)
        case openDirectory(String)
        case notAFile
        case network(String)
        case unreadable(String)
        case readOnly
        case busy
        case full
        case corrupt
        case notADatabase
        case newer(version: Int)
        case foreign(table: String)
        case closed
        case late(Duration)
        case noTransaction
        case other
    }

    let kind: Kind
    let path: String
    var underlying: (any Error)?

    init(_ kind: Kind, _ file: StoreFile, underlying: (any Error)? = nil) {
        self.kind = kind
        path = file.path
        self.underlying = underlying
    }

    /// Translates an error from work on the file to a broker's error. Other errors are returned unchanged.
    static func translating(_ error: any Error, _ file: StoreFile) -> any Error {
        switch error {
        case let error as DatabaseError: StoreError(Kind(error), file, underlying: error).asBrokerError
        case SchemaMismatch.newer(let version): StoreError(.newer(version: version), file).asBrokerError
        case SchemaMismatch.foreign(let table): StoreError(.foreign(table: table), file).asBrokerError
        case let error as SystemCallError: StoreError(.unreadable("\(error)"), file).asBrokerError
        default: error
        }
    }

    var asBrokerError: BrokerError { BrokerError(code, "SQLite store \(path): \(words)", underlying: underlying) }

    private var code: BrokerError.Code {
        switch kind {
        case .noDirectory, .notAFile, .network, .unreadable, .other: .unreachable
        case .openDirectory, .noTransaction: .refused
        case .readOnly: .readOnly
        case .busy: .busy
        case .full: .full
        case .corrupt: .corrupt
        case .notADatabase, .newer, .foreign: .incompatible
        case .closed: .closed
        case .late: .deadlineExceeded
        }
    }

    private var words: String {
        switch kind {
        case .noDirectory(let directory): "the directory \(directory) does not exist; create it, or correct the path"
        case .openDirectory(let directory):
            "every user may replace files in \(directory); remove the write permission for others (chmod o-w)"
        case .notAFile: "this is a directory; name a file in it"
        case .network(let name):
            "it is on \(name), where SQLite's locks do not work; use a local disk, or a broker with a server"
        case .unreadable(let reason):
            "it cannot be opened: \(reason); allow this user to read and write the file and its directory"
        case .readOnly: "it is read-only; allow this user to write the file and its directory"
        case .busy: "another process kept it locked for too long; look for a long transaction, or raise busy_timeout"
        case .full: "its disk is full; free some space. Nothing of this request was stored"
        case .corrupt: "it is damaged; restore a backup, or save the remaining data with sqlite3's .recover"
        case .notADatabase: "this file is not an SQLite database; name another file, or move this one away"
        case .newer(let version):
            "its tables have version \(version), and this program only knows versions up to \(Schema.version); update the program"
        case .foreign(let table): "its table \(table) is not Celeriac's; name another file"
        case .closed: "it was closed"
        case .late(let deadline):
            "it did not answer within \(deadline); the request may or may not have been carried out"
        case .noTransaction:
            "publish(_:in:) needs a connection inside a write transaction, as in database.write { db in … }"
        case .other: "SQLite refused the request"
        }
    }
}

extension StoreError.Kind {
    /// Translates SQLite's result code.
    fileprivate init(_ error: DatabaseError) {
        switch error.resultCode.primaryResultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy
        case .SQLITE_FULL: self = .full
        case .SQLITE_READONLY, .SQLITE_PERM: self = .readOnly
        case .SQLITE_CORRUPT: self = .corrupt
        case .SQLITE_NOTADB: self = .notADatabase
        case .SQLITE_CANTOPEN: self = .unreadable("SQLite cannot open it")
        default: self = .other
        }
    }
}
