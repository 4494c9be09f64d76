import Foundation
import GRDB

extension Database {
    /// The entries of the audit log below a number, the newest first, as JSON.
    func auditLines(before last: Int64, limit: Int) throws -> [(number: Int64, text: Data)] {
        var find = try use(ReadSQL.audit)
        find.bind(last)
        find.bind(Int64(limit))
        var lines: [(number: Int64, text: Data)] = []
        while try find.step() { lines.append((find.int(0), Data(find.bytes(1)))) }
        return lines
    }
}
