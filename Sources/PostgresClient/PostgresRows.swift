/// The rows of one statement, in binary format. They may be read from any thread.
///
/// The rows keep the server's answer in memory as long as one of them exists; values are copied when they are read.
public struct PostgresRows: Sendable, RandomAccessCollection {
    private let result: QueryResult

    init(_ result: QueryResult) { self.result = result }

    /// The number of rows that the statement changed or returned.
    public var affected: Int { result.affected }

    public var startIndex: Int { 0 }
    public var endIndex: Int { result.rowCount }

    public subscript(position: Int) -> PostgresRow {
        precondition(indices.contains(position), "there is no row \(position)")
        return PostgresRow(result, position)
    }
}
