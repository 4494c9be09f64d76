import CeleriacCore
import Celeriac
import CeleriacTesting
import Testing

/// What tasks make of text that Swift's `String` cannot hold, or takes for equal.
@Suite("Text from Python")
struct PythonTextTests {
    private static let name = IllFormedString(bytes: Array("caf".utf8) + [0xED, 0xB3, 0xA9])

    private func call(_ task: TaskName, _ app: TaskApp) async throws -> AsyncResult<JSONValue> {
        try await app.send(task, args: [.illFormedString(try #require(Self.name))])
    }

    @Test("a task that asks for String is refused a lone surrogate, with a reason that says so")
    func refused() async throws {
        let app = try makeApp()
        _ = try app.task("open") { (path: String) in path.utf8.count }
        let result = try await call("open", app)
        _ = try await drain(app)
        let failure = try await result.failure()
        #expect(failure.message.contains("lone surrogate"), "\(failure)")
        let letter = try #require(try await app.deadLetters.first)
        #expect(String(decoding: letter.envelope.body, as: UTF8.self).contains(#""caf\udce9""#))
    }

    @Test("a task that takes JSONValue passes it on through result, chain and retry")
    func passedOn() async throws {
        let app = try makeApp()
        let echo = try app.task("echo") { (value: JSONValue) in value }
        let value = JSONValue.illFormedString(try #require(Self.name))
        let single = try await app.send(echo(value))
        let chained = try await app.send(chain(echo(value), echo.then(after: JSONValue.self)))
        _ = try await drain(app)
        #expect(try await single.get() == value)
        #expect(try await chained.get() == value)
    }

    @Test("an app that replaces lone surrogates reads U+FFFD, in arguments and results")
    func replaced() async throws {
        let app = try makeApp { $0.limits.json.replacesLoneSurrogates = true }
        _ = try app.task("name") { (path: String) in path }
        _ = try app.task("echo") { (value: JSONValue) in value }
        let result = try await call("name", app)
        let echoed = try await call("echo", app)
        _ = try await drain(app)
        #expect(try await result.get() == "caf\u{FFFD}")
        let typed = AsyncResult<String>(id: echoed.id, app: app)
        #expect(try await typed.get() == "caf\u{FFFD}")
    }

    @Test("keys that String takes for equal are two arguments, and two members of a result")
    func twins() async throws {
        let app = try makeApp()
        let echo = try app.task("echo") { (value: JSONObject) in value }
        let value: JSONObject = ["\u{E9}": 1, "e\u{301}": ["\u{212B}": 2, "\u{C5}": 3]]
        let result = try await app.send(echo(value))
        _ = try await drain(app)
        #expect(try await result.get() == value)
        let stranger = try await app.send("echo", kwargs: ["\u{E9}": 1, "e\u{301}": 2])
        _ = try await drain(app)
        #expect(try await stranger.failure().message.contains("is unknown"))
    }

    @Test("calls that differ in the bytes of a key are not the same unique call")
    func unique() async throws {
        let app = try makeApp()
        let echo = try app.task("echo", options: TaskOptions(unique: .untilDone)) { (value: JSONObject) in value }
        let first = try await app.send(echo(["\u{E9}": 1]))
        let second = try await app.send(echo(["e\u{301}": 1]))
        #expect(first.id != second.id)
        let again = try await app.send(echo(["\u{E9}": 1]))
        #expect(again.id == first.id)
    }
}
