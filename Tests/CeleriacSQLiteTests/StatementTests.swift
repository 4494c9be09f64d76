import CeleriacCore
import EmbeddedText
import Foundation
import GRDB
import GRDBSQLite
import StoreKit
import Testing

@testable import CeleriacSQLite

@Suite("The SQL statements")
struct StatementTests {
    @Test("every statement is one that a migrated database prepares", arguments: StatementFile.statements)
    func prepares(file: StatementFile) throws {
        let database = try DatabaseQueue()
        try database.writeWithoutTransaction { db in
            try Schema.migrate(db)
            let statement = try db.makeStatement(sql: StatementFile.fragments.text(of: file.bytes))
            let head = try file.lines.prefix { $0.hasPrefix("-- ") }
            #expect(
                head.contains { $0.hasPrefix("-- Parameters  ") }
                    == (sqlite3_bind_parameter_count(statement.sqliteStatement) > 0))
            #expect(head.contains { $0.hasPrefix("-- Result      ") } == (statement.columnCount > 0))
        }
    }

    @Test("a recorded state yields in SQL as it does in Swift")
    func yields() throws {
        let states: [TaskState] = [.success, .failure, .revoked, .retry, .started, .pending, "UPLOADING", "SUCCESS,"]
        let sql = "SELECT count(*) FROM (SELECT ?1 AS state, ?2 AS expires) WHERE\n-- @include recordYields\n"
        let database = try DatabaseQueue()
        try database.read { db in
            let statement = try db.makeStatement(sql: StatementFile.fragments.text(of: Array(sql.utf8)))
            for old in states {
                for new in states {
                    let change = StoredChange(StateChange(id: "a", state: new, at: Date(timeIntervalSince1970: 0)))
                    var values: [(any DatabaseValueConvertible)?] = Array(repeating: nil, count: 14)
                    values[0] = old.rawValue
                    values[1] = 2.0
                    values[12] = 1.0
                    values[13] = change.precedence
                    let count = try Int.fetchOne(statement, arguments: StatementArguments(values))
                    #expect((count == 1) == old.yields(to: new), "\(old) yields to \(new)")
                }
            }
        }
    }

    @Test("a claim removes what it takes through the index")
    func claimPlan() throws {
        let database = try DatabaseQueue()
        try database.writeWithoutTransaction { db in
            try Schema.migrate(db)
            let plan = try Row.fetchAll(
                db, sql: "EXPLAIN QUERY PLAN " + SQL.deleteClaimed.text, arguments: [1, 1, 1, 1]
            )
            .map { $0["detail"] as String }
            let key = "PRIMARY KEY (queue=? AND (rank,position,call)<(?,?,?))"
            #expect(plan == ["SEARCH celeriac_ready USING \(key)"])
        }
    }

    @Test("a page of messages is read from the index of its stage", arguments: MessagePlace.Status.allCases)
    func pagePlan(status: MessagePlace.Status) throws {
        let database = try DatabaseQueue()
        try database.writeWithoutTransaction { db in
            try Schema.migrate(db)
            let sql = ReadSQL.messages(status)
            let count = Int(sqlite3_bind_parameter_count(try db.makeStatement(sql: sql).sqliteStatement))
            let plan = try Row.fetchAll(
                db, sql: "EXPLAIN QUERY PLAN " + sql,
                arguments: StatementArguments(Array(repeating: 1, count: count))
            )
            .map { $0["detail"] as String }
            let key =
                switch status {
                case .ready: "celeriac_ready USING PRIMARY KEY (queue=? AND (rank,position,call)>(?,?,?))"
                case .delayed: "d USING PRIMARY KEY (queue=? AND (due,call)>(?,?))"
                case .leased: "l USING INTEGER PRIMARY KEY (rowid>?)"
                case .dead: "c USING INDEX celeriac_dead_by_queue (queue=? AND rowid<?)"
                }
            #expect(plan.contains("SEARCH " + key), "\(plan)")
            // `w` is the page itself. Lapsed leases that were not swept yet have no index: a claim would pay for it.
            let scans = plan.filter { $0.hasPrefix("SCAN") }
            #expect(Set(scans).isSubset(of: status == .ready ? ["SCAN w", "SCAN l"] : []), "\(plan)")
        }
    }

    @Test("every file is embedded, and a case of SQL bears the name of its file", arguments: StatementFile.all)
    func embedded(file: StatementFile) throws {
        #expect(try StatementFile.swift.contains("PackageResources.\(file.name)_sql"))
        for line in try StatementFile.swift.split(separator: "\n") where line.contains("case .\(file.name): Package") {
            #expect(line.hasSuffix("PackageResources.\(file.name)_sql"))
        }
    }

    @Test("every file says what it does, and no literal in it spans lines", arguments: StatementFile.all)
    func form(file: StatementFile) throws {
        let lines = try file.lines
        #expect(lines[0].hasPrefix("-- "))
        #expect(lines.filter { !$0.hasPrefix("--") }.allSatisfy { $0.count { $0 == "'" }.isMultiple(of: 2) })
    }
}

/// One file of `Statements`, as it lies in the sources.
struct StatementFile: Sendable, CustomTestStringConvertible {
    /// Relative to `Statements`.
    let path: String

    var name: String { URL(filePath: path).deletingPathExtension().lastPathComponent }
    var testDescription: String { path }
    var bytes: [UInt8] {
        get throws { [UInt8](try Data(contentsOf: Self.target.appending(path: "Statements/\(path)"))) }
    }
    var lines: [Substring] { get throws { String(decoding: try bytes, as: UTF8.self).split(separator: "\n") } }

    // A folder that cannot be read would leave the suite without a test: better that it stops.
    static let all = try! FileManager.default.subpathsOfDirectory(atPath: target.appending(path: "Statements").path)
        .filter { $0.hasSuffix(".sql") }.sorted().map(StatementFile.init)
    static let statements = all.filter { !$0.path.hasPrefix("Fragments/") && !$0.path.hasPrefix("Migrations/") }

    static let fragments = EmbeddedFragments(
        Dictionary(
            uniqueKeysWithValues: all.filter { $0.path.hasPrefix("Fragments/") }
                .map { file in (file.name, (try? file.bytes) ?? []) }))

    /// The Swift files that name statements.
    static var swift: String {
        get throws {
            try ["SQL", "ChordSQL", "ReadSQL", "Statements", "Schema"]
                .map { try String(contentsOf: target.appending(path: "\($0).swift"), encoding: .utf8) }.joined()
        }
    }

    private static let target = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources/CeleriacSQLite")
}
