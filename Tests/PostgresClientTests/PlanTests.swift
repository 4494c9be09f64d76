@testable import PostgresClient
import TestKit
import Testing

@Suite("plan of an exchange")
struct PlanTests {
    private static let opening = PostgresCall(PostgresStatement(name: "", sql: "BEGIN"))

    private static func words(_ plan: ExchangePlan) -> [String] {
        plan.steps.map { step in
            switch step {
            case .clear: "clear"
            case .prepare(let statement): "prepare \(statement.name)"
            case .open(let call): call.statement.sql
            case .run(let call, let isPrepared): isPrepared ? call.statement.name : "text \(call.statement.name)"
            }
        }
    }

    private static func call(_ name: String) -> PostgresCall {
        PostgresCall(PostgresStatement(name: name, sql: "select '\(name)'"))
    }

    @Test("a statement is prepared right before its first use, unless it is prepared already")
    func preparing() throws {
        var statements = PreparedStatements()
        statements.add(Self.call("b").statement)
        let calls = ["a", "b", "a", "", "c"].map(Self.call)
        let plan = try ExchangePlan(opening: [Self.opening], calls, statements)
        #expect(Self.words(plan) == ["BEGIN", "prepare a", "a", "b", "a", "text ", "prepare c", "c"])
    }

    @Test("behind a pooler nothing is prepared")
    func pooled() throws {
        let plan = try ExchangePlan(opening: [], ["a", "b"].map(Self.call), nil)
        #expect(Self.words(plan) == ["text a", "text b"])
    }

    @Test("stale statements are forgotten, and prepared again")
    func stale() throws {
        var statements = PreparedStatements()
        statements.add(Self.call("a").statement)
        statements.becomeStale()
        let plan = try ExchangePlan(opening: [Self.opening], [Self.call("a")], statements)
        #expect(Self.words(plan) == ["BEGIN", "clear", "prepare a", "a"])
        statements.clear()
        #expect(!statements.areStale)
        #expect(statements.text(of: "a") == nil)
    }
}
