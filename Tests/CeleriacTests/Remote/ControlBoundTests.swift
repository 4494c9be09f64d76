import Celeriac
import CeleriacCore
import CeleriacTesting
import Foundation
import Testing

@Suite("Remote control: how much a command may ask for", .timeLimit(.minutes(15)))
struct ControlBoundTests {
    @Test("any number as any argument of any command is answered, and the worker runs the next call")
    func anyNumber() async throws {
        let app = try makeApp()
        let add = try app.task("tasks.add") { (x: Int, y: Int) in x + y }
        let commands: [(name: String, arguments: [String])] = [
            ("pool_grow", ["n"]), ("pool_shrink", ["n"]), ("autoscale", ["max", "min"]),
            ("revoke", ["task_id", "signal"]),
            ("terminate", ["task_id", "signal"]), ("rate_limit", ["rate_limit"]), ("time_limit", ["soft", "hard"]),
            ("query_task", ["ids"]), ("memdump", ["samples"]), ("objgraph", ["num", "max_depth"]),
            ("hello", ["from_node", "revoked"]), ("election", ["id", "topic"]), ("active", ["safe"]),
            ("registered", ["taskinfoitems"]), ("conf", ["with_defaults"]), ("revoke_by_stamped_headers", ["headers"]),
        ]
        let whole: JSONObject = [
            "task_name": "tasks.add", "rate_limit": "10/s", "task_id": "x", "signal": "TERM", "ids": ["x"],
            "headers": ["a": "b"], "from_node": "w2@h", "id": "x", "topic": "t",
        ]
        for scales in [false, true] {
            let options = remoteOptions { if scales { $0.autoscale = 1...4 } }
            try await withRemoteWorker(app, options) { (_: Worker) async throws in
                for (name, arguments) in commands {
                    for argument in arguments {
                        for number in EdgeNumbers.json {
                            var all = whole
                            all[JSONKey(argument)] = number
                            if name == "objgraph" { all = [JSONKey(argument): number] }
                            if name == "autoscale" { all = [JSONKey(argument): number] }
                            #expect(try await app.ask(name, all) != nil, "\(name) \(argument) \(number)")
                        }
                    }
                }
                _ = try await app.ask("rate_limit", ["task_name": "tasks.add", "rate_limit": 0])
                _ = try await app.ask("time_limit", ["task_name": "tasks.add"])
                #expect(try await app.send(add(20, 22)).get() == 42)
            }
        }
    }

    @Test("a worker grows no further than it was told, by default to four tasks a core or what it started with")
    func growth() async throws {
        let app = try makeApp()
        try await withRemoteWorker(app, remoteOptions { $0.maxConcurrency = 3 }) { (_: Worker) async throws in
            #expect(try await app.ask("pool_grow", ["n": 1]) == ["ok": "pool will grow"])
            for more: JSONValue in [1, 100_000] {
                let answer = try await app.ask("pool_grow", ["n": more])
                #expect(answer?["error"]?.stringValue?.contains("at most 3 slots") == true)
            }
            #expect(try await app.ask("stats")?["pool"]?["max-concurrency"] == 3)
            #expect(try await app.ask("pool_shrink", ["n": 1]) == ["ok": "pool will shrink"])
        }
        try await withRemoteWorker(app, remoteOptions { $0.concurrency = 2 }) { (_: Worker) async throws in
            #expect(try await app.ask("pool_grow", ["n": 99_998])?["error"] != nil)
            #expect(try await app.ask("pool_grow", ["n": 2]) == ["ok": "pool will grow"])
        }
        try await withRemoteWorker(app, remoteOptions { $0.autoscale = 1...3 }) { (_: Worker) async throws in
            #expect(try await app.ask("autoscale", ["max": 100_000, "min": 100_000])?["error"] != nil)
            #expect(try await app.ask("autoscale", ["max": 3, "min": 2])?["ok"] != nil)
        }
    }

    @Test("ids longer than any may be are refused, and no more of them are taken than ten thousand")
    func longIDs() async throws {
        let app = try makeApp()
        try await withRemoteWorker(app) { (_: Worker) async throws in
            let long = JSONValue.string(String(repeating: "x", count: 1 << 20))
            let many = JSONValue.array((0...10_000).map { .string("\($0)") })
            for (command, argument) in [("revoke", "task_id"), ("query_task", "ids"), ("registered", "taskinfoitems")] {
                for value in [long, .array([long]), many] {
                    let answer = try await app.ask(command, [JSONKey(argument): value])
                    #expect(answer?["error"]?.stringValue?.hasPrefix("ValueError") == true, "\(command)")
                }
            }
            let stamp = try await app.ask("revoke_by_stamped_headers", ["headers": ["tenant": long]])
            #expect(stamp?["error"]?.stringValue?.hasPrefix("ValueError") == true)
            // Another worker's hello is no order: what cannot be an id is left out.
            let hello = try await app.ask("hello", ["from_node": "w9@h", "revoked": [long, "short"]])
            #expect(hello?["revoked"] == ["short"])
            #expect(try await app.ask("revoked") == ["short"])
        }
    }
}
