import CeleriacCore
import Foundation
import GRDB
import GRDBSQLite

/// A GRDB statement that is bound and stepped without boxing its values: the hot path runs seven of them per task.
struct PreparedStatement: ~Copyable {
    private let handle: OpaquePointer
    private var bound: Int32 = 0

    init(_ statement: Statement) { handle = statement.sqliteStatement }

    deinit {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }

    // MARK: Binding, from left to right

    mutating func bind(_ value: Int64) {
        bound += 1
        sqlite3_bind_int64(handle, bound, value)
    }

    mutating func bind(_ value: Int64?) {
        if let value { bind(value) } else { bound += 1 }
    }

    mutating func bind(_ value: Double) {
        bound += 1
        sqlite3_bind_double(handle, bound, value)
    }

    mutating func bind(_ value: Double?) {
        if let value { bind(value) } else { bound += 1 }
    }

    mutating func bind(_ value: String) {
        bound += 1
        var text = value
        text.withUTF8 { utf8 in
            guard let start = utf8.baseAddress else {
                return void(sqlite3_bind_text(handle, bound, "", 0, Self.copied))
            }
            start.withMemoryRebound(to: CChar.self, capacity: utf8.count) { start in
                // Passes the length, so that a NUL in the text is kept.
                void(sqlite3_bind_text64(handle, bound, start, UInt64(utf8.count), Self.copied, UInt8(SQLITE_UTF8)))
            }
        }
    }

    mutating func bind(_ value: String?) {
        if let value { bind(value) } else { bound += 1 }
    }

    mutating func bind(_ value: [UInt8]) {
        bound += 1
        // SQLite would bind a blob from a nil pointer as NULL.
        guard !value.isEmpty else { return void(sqlite3_bind_zeroblob(handle, bound, 0)) }
        value.withUnsafeBytes {
            void(sqlite3_bind_blob64(handle, bound, $0.baseAddress, UInt64($0.count), Self.copied))
        }
    }

    mutating func bind(_ value: [UInt8]?) {
        if let value { bind(value) } else { bound += 1 }
    }

    // MARK: Running

    /// Steps to the next row.
    ///
    /// - Returns: whether there is a row.
    func step() throws -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code:
            let message = String(cString: sqlite3_errmsg(sqlite3_db_handle(handle)))
            throw DatabaseError(resultCode: ResultCode(rawValue: code), message: message)
        }
    }

    /// Runs the statement to its end.
    ///
    /// - Returns: the number of rows that it changed.
    @discardableResult
    consuming func run() throws -> Int {
        while try step() {}
        return Int(sqlite3_changes(sqlite3_db_handle(handle)))
    }

    // MARK: The current row

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }
    func int(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }
    /// A number that the store calculates with; see `Bounds`.
    func count(_ column: Int32) -> Int { Int(count: int(column)) }
    func optionalInt(_ column: Int32) -> Int64? { isNull(column) ? nil : int(column) }
    func double(_ column: Int32) -> Double { sqlite3_column_double(handle, column) }
    func optionalDouble(_ column: Int32) -> Double? { isNull(column) ? nil : double(column) }
    /// A date from seconds since 2001, clamped to dates that the store can calculate with; see `Bounds`.
    func date(_ column: Int32) -> Date { Date(timeIntervalSinceReferenceDate: double(column)).bounded }
    func optionalDate(_ column: Int32) -> Date? { isNull(column) ? nil : date(column) }

    func text(_ column: Int32) -> String {
        guard let text = sqlite3_column_text(handle, column) else { return "" }
        let utf8 = UnsafeBufferPointer(start: text, count: Int(sqlite3_column_bytes(handle, column)))
        return String(decoding: utf8, as: UTF8.self)
    }

    func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }

    func bytes(_ column: Int32) -> [UInt8] {
        guard let blob = sqlite3_column_blob(handle, column) else { return [] }
        return [UInt8](UnsafeRawBufferPointer(start: blob, count: Int(sqlite3_column_bytes(handle, column))))
    }

    func optionalBytes(_ column: Int32) -> [UInt8]? { isNull(column) ? nil : bytes(column) }

    private func void(_ code: Int32) {}

    /// SQLITE_TRANSIENT, a macro that Swift does not see: SQLite copies the bytes before the call returns.
    private static var copied: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }
}
