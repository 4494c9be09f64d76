import Celeriac
import CeleriacTesting
import Testing

@Suite("Tracebacks of failures")
struct TracebackTests {
    @Test("a thrown error has a traceback in Python's form: the task, where it is declared, type and words")
    func thrown() async throws {
        let app = try makeApp()
        let line = #line + 1
        let fail = try app.task("tasks.fail") { (n: Int) -> Int in throw Hiccup() }
        let result = try await app.send(fail(1))
        _ = try await drain(app)
        #expect(
            try await result.failure().traceback == """
                Traceback (most recent call last):
                  File "CeleriacTests/TracebackTests.swift", line \(line), in tasks.fail
                CeleriacTests.Hiccup: hiccup

                """)
    }

    @Test("a task that is written by hand is named by its type")
    func byHand() async throws {
        struct Fail: TaskDefinition {
            let name: TaskName = "hand.fail"
            func run(_ arguments: ReceivedArguments, in context: TaskContext) async throws -> Int { throw Hiccup() }
        }
        let app = try makeApp { $0.tasks = [Fail()] }
        let result = try await app.send(Fail().signature())
        _ = try await drain(app)
        let traceback = try #require(try await result.failure().traceback)
        #expect(traceback.contains("Fail") && traceback.contains(">\", line 0, in hand.fail\n"))
    }

    @Test(
        "each way to fail has a traceback that ends in type and words",
        arguments: ["retry", "reject", "discard", "arguments", "unknown"])
    func everyWay(way: String) async throws {
        let app = try makeApp()
        for way in ["retry", "reject", "discard"] {
            _ = try app.task(TaskName(way)) { (n: Int) -> Int in
                guard let context = TaskContext.current else { throw Hiccup() }
                if way == "retry" { throw context.retry(in: .hours(1), because: Hiccup()) }
                throw way == "reject" ? context.reject("no") : context.discard("no")
            }
        }
        let name = way == "arguments" ? "reject" : way
        let result: AsyncResult<JSONValue> = try await app.send(
            TaskName(name), args: way == "arguments" ? ["one"] : [1])
        _ = try await drain(app)
        let failure = try #require(try await result.record?.failure)
        let traceback = try #require(failure.traceback)
        #expect(traceback.hasPrefix("Traceback (most recent call last):\n  File \""))
        #expect(traceback.hasSuffix("\(failure.type): \(failure.message)\n"))
    }

    @Test("an error that brings a traceback keeps it, and so does a failure that is thrown on")
    func ownTraceback() async throws {
        struct Traced: TracedError, CustomStringConvertible {
            let description = "deep"
            let traceback = "0 main.swift:7"
        }
        let app = try makeApp()
        let own = try app.task("own") { (n: Int) -> Int in throw Traced() }
        let passed = try app.task("passed") { (n: Int) -> Int in
            throw TaskFailure(type: "X", message: "x", traceback: "from elsewhere")
        }
        let results = (try await app.send(own(1)), try await app.send(passed(1)))
        _ = try await drain(app)
        #expect(try await results.0.failure().traceback == "0 main.swift:7")
        #expect(try await results.1.failure().traceback == "from elsewhere")
    }
}
