import CeleriacCore
import GRDB

extension Database {
    /// Returns a statement, prepared once for each connection.
    func use(_ sql: String) throws -> PreparedStatement { PreparedStatement(try cachedStatement(sql: sql)) }

    /// Returns a statement with the two parameters bound that identify a live lease.
    func use(_ sql: String, at moment: Moment) throws -> PreparedStatement {
        var statement = try use(sql)
        statement.bind(moment.boot)
        statement.bind(moment.uptime.microseconds)
        return statement
    }

    func number(of queue: QueueName) throws -> Int64? {
        var find = try use(ReadSQL.queue)
        find.bind(queue.rawValue)
        return try find.step() ? find.int(0) : nil
    }
}
