import Celeriac
import CeleriacCore
import CeleriacTesting
import Foundation
import Logging
import PostgresClient
import PostgresUnderTest
import Synchronization
import Testing

@testable import CeleriacPostgres

/// A task that writes a row in the transaction in which its call ends.
@Suite("What a task writes in its transaction happens once", .serialized)
struct EffectTests {
    private struct Mishap: Error {}

    @Test("the row of a task that succeeds is there with its result")
    func succeeds() async throws {
        try await field { field in
            let task = try field.task { context in try await field.write("done", context) }
            let result = try await task.delay()
            try await field.drain()
            #expect(try await result.state == .success)
            #expect(try await field.rows() == ["done"])
        }
    }

    @Test("a task that fails has written nothing, and its failure is recorded")
    func fails() async throws {
        try await field { field in
            let task = try field.task { context in
                try await field.write("undone", context)
                throw Mishap()
            }
            let result = try await task.delay()
            try await field.drain()
            #expect(try await result.state == .failure)
            #expect(try await field.rows() == [])
        }
    }

    @Test("an attempt that is retried leaves only the rows of the attempt that succeeds")
    func retried() async throws {
        try await field { field in
            let task = try field.task(options: TaskOptions(retry: .fixed(.zero, maxRetries: 3))) { context in
                try await field.write("attempt \(context.attempt)", context)
                if context.attempt < 3 { throw Mishap() }
            }
            let result = try await task.delay()
            try await field.drain()
            #expect(try await result.state == .success)
            #expect(try await field.rows() == ["attempt 3"])
        }
    }

    @Test("what follows a call is published with its row, or not at all")
    func continued() async throws {
        try await field { field in
            _ = try field.app.task("second") { (_: Bool) in
                try await field.write("second", try #require(TaskContext.current))
                return true
            }
            let first = try field.task(named: "first") { context in try await field.write("first", context) }
            let result = try await first().link(Step<Bool, Bool>("second")).delay()
            try await field.drain()
            #expect(try await result.state == .success)
            #expect(try await field.rows() == ["first", "second"])
        }
    }

    @Test("a connection that is cut before the commit leaves neither row nor end, and the call comes again")
    func cut() async throws {
        try await field { field in
            let runs = Atomic(0)
            let task = try field.task { context in
                let transaction = try await context.transaction(of: PostgresTransaction.self)
                try await transaction.query("INSERT INTO effect VALUES ($1)", [.text("run")])
                guard runs.add(1, ordering: .relaxed).oldValue == 0 else { return }
                let pid = try #require(try await transaction.query("SELECT pg_backend_pid()").first?.int(0))
                try await field.server.psql("SELECT pg_terminate_backend(\(pid))", database: field.database)
            }
            let result = try await task.delay()
            try await field.drain(lease: .seconds(1))
            while try await result.state != .success {
                try await Task.sleep(for: .milliseconds(100))
                try await field.drain(lease: .seconds(1))
            }
            #expect(try await field.rows() == ["run"])
            #expect(runs.load(ordering: .relaxed) == 2)
        }
    }

    @Test("a row that breaks a deferred constraint fails the call with the reason")
    func deferred() async throws {
        try await field { field in
            try await field.server.psql(
                "ALTER TABLE effect ADD CONSTRAINT one UNIQUE (line) DEFERRABLE INITIALLY DEFERRED; INSERT INTO effect VALUES ('a')",
                database: field.database)
            let task = try field.task { context in try await field.write("a", context) }
            let result = try await task.delay()
            try await field.drain()
            #expect(try await result.state == .failure)
            #expect(try await field.rows() == ["a"])
        }
    }

    @Test("an attempt whose lease was lost commits nothing")
    func lostLease() async throws {
        try await field { field in
            let task = try field.task { context in
                try await field.write("late", context)
                try await field.server.psql("DELETE FROM celeriac.lease", database: field.database)
            }
            _ = try await task.delay()
            try await field.drain()
            #expect(try await field.rows() == [])
        }
    }

    private func field(_ body: (EffectField) async throws -> Void) async throws {
        var options = PostgresOptions.tests
        options.connections = 4
        try await Stores.withStore(options) { store, server, database in
            try await server.psql("CREATE TABLE effect (line text)", database: database)
            let field = try EffectField(store, server, database)
            try await field.app.use { try await body(field) }
        }
    }
}

/// An app on a store, and a table into which its tasks write.
private struct EffectField: Sendable {
    let app: TaskApp
    let server: PostgresServer
    let database: String

    init(_ store: PostgresStore, _ server: PostgresServer, _ database: String) throws {
        app = try TaskApp(Backend(store), options: AppOptions(discoversTasks: false), logger: .quiet)
        self.server = server
        self.database = database
    }

    func task(
        named name: TaskName = "effect", options: TaskOptions = TaskOptions(),
        _ body: @escaping @Sendable (TaskContext) async throws -> Void
    ) throws -> ClosureTask<Bool> {
        try app.task(name, options: options) {
            try await body(try #require(TaskContext.current))
            return true
        }
    }

    func write(_ line: String, _ context: TaskContext) async throws {
        let transaction = try await context.transaction(of: PostgresTransaction.self)
        try await transaction.query("INSERT INTO effect VALUES ($1)", [.text(line)])
    }

    func drain(lease: Duration = .seconds(30)) async throws {
        try await Worker(app, options: WorkerOptions(concurrency: 2, lease: lease, burst: true)).run()
    }

    func rows() async throws -> [String] {
        let lines = try await server.psql("SELECT line FROM effect ORDER BY line", database: database)
        return lines.split(separator: "\n").map(String.init)
    }
}
