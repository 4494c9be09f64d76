import CeleriacCore
import Celeriac
import Testing

@testable import CeleriacCLI

@Suite("result")
struct ResultCommandTests {
    let line: CommandLineUnderTest

    init() throws { line = try CommandLineUnderTest() }

    @Test("shows a call that waits, with 0")
    func showsWaiting() async throws {
        try await line.app.send("tasks.add", args: [2, 3], options: CallOptions(id: "sum"))
        let outcome = await line.run("result", "sum")
        #expect(outcome.exit == 0)
        #expect(outcome.out.contains("state  PENDING\n"))
    }

    @Test("shows the result of a call that succeeded")
    func showsResult() async throws {
        try await line.app.send("tasks.add", args: [2, 3], options: CallOptions(id: "sum"))
        try await line.drain()
        let outcome = await line.run("result", "sum")
        #expect(outcome.exit == 0)
        #expect(outcome.out.contains("SUCCESS\n"))
        #expect(outcome.out.contains("result   5\n"))
    }

    @Test("exits with 1 where the call failed, and shows why")
    func showsFailure() async throws {
        try await line.app.send("tasks.fail", options: CallOptions(id: "bad"))
        try await line.drain()
        let outcome = await line.run("result", "bad", "--json")
        #expect(outcome.exit == 1)
        #expect(try outcome.json["state"] == "FAILURE")
        #expect(try outcome.json["failure"]?["message"] == "it went wrong")
        #expect(outcome.err.contains("task bad ended as FAILURE"))
    }

    @Test("a wrong type of an argument is said once, with its place")
    func saysTypeOnce() async throws {
        struct Order: Codable, Sendable {
            struct Line: Codable, Sendable { let price: Int }
            let lines: [Line]
        }
        _ = try line.app.task("tasks.order") { (order: Order) in order.lines.count }
        let order: JSONValue = ["lines": [["price": 1], ["price": "two"]]]
        try await line.app.send("tasks.order", args: [order], options: CallOptions(id: "order"))
        try await line.app.send("tasks.add", args: ["two", 3], options: CallOptions(id: "sum"))
        try await line.drain()
        let sum = await line.run("result", "sum")
        #expect(sum.out.contains(#"failure  TypeError: argument "0" must be of type Int: expected an integer"# + "\n"))
        #expect(sum.err == "Error: task sum ended as FAILURE\n")
        let place = "must be of type Order: expected an integer at .lines[1].price\n"
        #expect(await line.run("result", "order").out.contains(place))
    }

    @Test("has every key in its document, whatever the state")
    func hasStableKeys() async throws {
        try await line.app.send("tasks.add", args: [2, 3], options: CallOptions(id: "sum"))
        let keys: Set<JSONKey> = [
            "id", "state", "task", "queue", "worker", "attempt", "started_at", "at", "parent_id", "result", "meta",
            "failure",
        ]
        #expect(try await Set(line.run("result", "sum", "--json").json.objectValue?.keys ?? [:].keys) == keys)
        try await line.drain()
        #expect(try await Set(line.run("result", "sum", "--json").json.objectValue?.keys ?? [:].keys) == keys)
    }

    @Test("exits with 3 where nothing is known of the id", arguments: [[], ["--wait"], ["--wait", "1h"]])
    func knowsNothing(wait: [String]) async {
        let app = line.app
        let outcome = await CommandLineUnderTest.run(["result", "nobody"] + wait) { _ in app }
        #expect(outcome.exit == 3)
        #expect(outcome.err.hasPrefix("Error: nothing is known about task nobody"))
    }

    @Test("waits for the end")
    func waits() async throws {
        try await line.app.send("tasks.add", args: [2, 3], options: CallOptions(id: "sum"))
        async let outcome = line.run("result", "sum", "--wait")
        try await line.drain()
        #expect(await outcome.out.contains("SUCCESS"))
    }

    @Test("forgets a result after it is shown")
    func forgets() async throws {
        try await line.app.send("tasks.add", args: [2, 3], options: CallOptions(id: "sum"))
        try await line.drain()
        #expect(await line.run("result", "sum", "--forget").out.contains("result   5\n"))
        #expect(await line.run("result", "sum").exit == 3)
    }
}
