import Celeriac
import Foundation
import GRDB

/// Measures the ceilings that Celeriac builds on: a bare GRDB loop with the same transaction sizes, and a bare stream.
struct Ceilings {
    let scale: Scale
    let table: Table

    func run() async throws {
        let single = try bare(rows: scale.single, perTransaction: 1)
        let many = try bare(rows: scale.bulk, perTransaction: 1000)
        let batch = try bare(rows: scale.bulk, perTransaction: 256)
        let stream = await stream(1_000_000)
        print("| ceiling | insert /s | delete /s | ours | ratio |\n|---|--:|--:|--:|--:|")
        row("bare GRDB, 1 a transaction", single, "enqueue, one at a time", single.insert)
        row("bare GRDB, 1,000 a transaction", many, "enqueue, 1,000 a call", many.insert)
        // A drained task costs three row changes: the claim, then its deletion and the insertion of its result.
        let three = 1 / (2 / batch.delete + 1 / batch.insert)
        row(
            "bare GRDB, 256 a transaction; update + insert + delete \(Table.text(three))", batch, "drain with results",
            three)
        print(
            "| bare AsyncStream | \(Table.text(stream)) | – | \(ours("enqueued and drained at once", "memory")) | "
                + "\(ratio("enqueued and drained at once", "memory", stream)) |")
        if let one = table["enqueue, one at a time", "sqlite"], let many = table["enqueue, 64 at once", "sqlite"] {
            print(
                "\n64 at once against one at a time, sqlite: \(Table.text(many / one)) x; "
                    + "against single commits of bare GRDB: \(Table.text(many / single.insert)) x")
        }
        let names = [
            "drain of 10,000 with 10,000 waiting",
            "drain of 10,000 with \(Table.text(Double(scale.largeBacklog))) waiting",
        ]
        if let small = table[names[0], "sqlite"], let large = table[names[1], "sqlite"] {
            print("drain at the large backlog against the small one, sqlite: \(Table.text(large / small)) x\n")
        }
    }

    private func row(_ name: String, _ bare: (insert: Double, delete: Double), _ figure: String, _ ceiling: Double) {
        print(
            "| \(name) | \(Table.text(bare.insert)) | \(Table.text(bare.delete)) | \(figure): \(ours(figure, "sqlite")) | "
                + "\(ratio(figure, "sqlite", ceiling)) |"
        )
    }

    private func ours(_ figure: String, _ column: String) -> String { table[figure, column].map(Table.text) ?? "–" }

    private func ratio(_ figure: String, _ column: String, _ ceiling: Double) -> String {
        table[figure, column].map { Table.text($0 / ceiling) } ?? "–"
    }

    /// One table with one index, rows of the size of a message, and `synchronous=FULL`.
    private func bare(rows: Int, perTransaction: Int) throws -> (insert: Double, delete: Double) {
        var configuration = Configuration()
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        configuration.journalMode = .wal
        let queue = try DatabaseQueue(
            path: Scratch.folder.appending(path: "\(TaskID.random()).sqlite").path, configuration: configuration
        )
        // Must follow the journal mode, since GRDB then sets NORMAL.
        try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        try queue.write { db in
            try db.execute(
                sql: "CREATE TABLE bare (pk INTEGER PRIMARY KEY, id TEXT UNIQUE, queue TEXT, head BLOB, body BLOB)")
        }
        let head = Data(repeating: 65, count: 200), body = Data(repeating: 66, count: 60)
        let insert = try measure(
            rows, perTransaction, queue, "INSERT INTO bare (pk, id, queue, head, body) VALUES (?, ?, ?, ?, ?)"
        ) {
            [$0, TaskID.random().rawValue, "celery", head, body]
        }
        let delete = try measure(rows, perTransaction, queue, "DELETE FROM bare WHERE pk = ?") { [$0] }
        return (insert, delete)
    }

    private func measure(
        _ rows: Int, _ size: Int, _ queue: DatabaseQueue, _ sql: String, _ arguments: (Int) -> StatementArguments
    ) throws -> Double {
        let clock = SystemClockSeconds()
        for start in stride(from: 0, to: rows, by: size) {
            try queue.write { db in
                let statement = try db.cachedStatement(sql: sql)
                for row in start..<min(rows, start + size) { try statement.execute(arguments: arguments(row)) }
            }
        }
        return Double(rows) / clock.passed
    }

    private func stream(_ count: Int) async -> Double {
        await rate(count) {
            let (stream, continuation) = AsyncStream<Int>.makeStream()
            async let sum = stream.reduce(0, &+)
            for n in 0..<count { continuation.yield(n) }
            continuation.finish()
            _ = await sum
        }
    }
}
