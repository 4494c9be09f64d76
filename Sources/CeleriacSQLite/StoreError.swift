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
        case .noDirectory(let directory): "there is no directory \(directory); make it first, or correct the path"
        case .openDirectory(let directory):
            "anybody may replace files in \(directory); take the write permission for others away (chmod o-w)"
        case .notAFile: "this is a directory; name a file in it"
        case .network(let name):
            "it lies on \(name), where SQLite's locks do not hold; use a local disk, or a broker with a server"
        case .unreadable(let reason): "it cannot be opened: \(reason); let this user read and write file and directory"
        case .readOnly: "it may not be written; let this user write the file and its directory"
        case .busy: "another process held it locked for too long; look for a long transaction, or raise busy_timeout"
        case .full: "no room is left; free some on its disk. Nothing of this request was stored"
        case .corrupt: "what it holds is damaged; restore a backup, or save what is left with sqlite3's .recover"
        case .notADatabase: "this file is no SQLite database; name another, or move it away"
        case .newer(let version):
            "its tables are of version \(version), this program knows up to \(Schema.version); update the program"
        case .foreign(let table): "its table \(table) is not Celeriac's; name another file"
        case .closed: "it was closed"
        case .late(let deadline): "it did not answer within \(deadline); whether it did what was asked is unknown"
        case .noTransaction:
            "publish(_:in:) wants a connection inside a write transaction, as in database.write { db in … }"
        case .other: "SQLite refused"
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
