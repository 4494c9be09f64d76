import CPostgres

/// The answer to one statement: owns libpq's `PGresult`, from which rows are read without a copy.
///
/// Unchecked, since a pointer is not Sendable. A `PGresult` is only read after it was received, which libpq permits
/// from several threads at once (PostgreSQL documentation, "Behavior in Threaded Programs"), and it is freed once, when
/// nobody refers to this object any more.
final class QueryResult: @unchecked Sendable {
    let handle: OpaquePointer
    let rowCount: Int
    let columnCount: Int

    /// Takes over the result.
    init(_ handle: OpaquePointer) {
        self.handle = handle
        rowCount = Int(PQntuples(handle))
        columnCount = Int(PQnfields(handle))
    }

    deinit { PQclear(handle) }

    var status: ExecStatusType { PQresultStatus(handle) }

    /// The number in the command's tag, such as "UPDATE 3"; 0 for commands without one.
    var affected: Int { PQcmdTuples(handle).flatMap { Int(String(cString: $0)) } ?? 0 }

    /// The bytes of a value while this object lives, `nil` for null. Row and column must exist.
    func value(row: Int, column: Int) -> UnsafeRawBufferPointer? {
        let (row, column) = (Int32(row), Int32(column))
        guard PQgetisnull(handle, row, column) == 0 else { return nil }
        return UnsafeRawBufferPointer(
            start: PQgetvalue(handle, row, column), count: Int(PQgetlength(handle, row, column)))
    }
}
