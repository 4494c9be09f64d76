import CeleriacCore
import Celeriac
import Testing

@testable import CeleriacCLI

@Suite("status, inspect, control")
struct RemoteCommandTests {
    let line: CommandLineUnderTest
    let store = MemoryStore()

    init() throws { line = try CommandLineUnderTest(store) }

    private func run(
        _ arguments: String..., nodes: [ScriptedNode] = [ScriptedNode("w1@box")]
    ) async throws -> CommandLineUnderTest.Outcome {
        try await ScriptedNode.listening(nodes, to: store) { await line.run(arguments) }
    }

    @Test("status names the workers that answer, and exits with 3 if none does")
    func showsStatus() async throws {
        let outcome = try await run("status", nodes: ["b@box", "a@box"].map { ScriptedNode($0) })
        #expect(outcome.exit == 0)
        #expect(outcome.out == "a@box: OK\nb@box: OK\n")
        #expect(outcome.err == "2 online\n")
        let silence = try await run("status", "--timeout", "10ms", nodes: [])
        #expect(silence.exit == 3)
        #expect(silence.err == "Error: no worker answered within 10 ms\n")
    }

    @Test(
        "inspect shows what the workers answer",
        arguments: [
            ([], "w1@box  30016  mail,news        1      2  48 s"), (["ping"], "w1@box: pong"),
            (["active"], "w1@box  3a959271  tasks.sleep  mail"), (["reserved"], "w1@box  3a959271  tasks.sleep  mail"),
            (["scheduled"], "w1@box  3a959271  tasks.sleep  mail"), (["revoked"], "w1@box  id-2"),
            (["registered", "rate_limit"], "w1@box  tasks.limited  max_retries=3 rate_limit=10/m"),
            (["stats"], "w1@box  30016      4      2  48 s     81  redis"),
            (["active_queues"], "w1@box  news   all       topic   news.#"),
            (["active-queues"], "w1@box  mail   mail      direct  mail"),
            (["query_task", "3a959271"], "w1@box  3a959271  active  tasks.sleep  mail"),
            (["conf"], "w1@box  task_acks_late  true"), (["report"], "w1@box:\nsoftware -> celery:5.7.0"),
            (["clock"], "w1@box: 72"),
        ]
    )
    func inspects(topic: [String], text: String) async throws {
        let outcome = try await ScriptedNode.listening([ScriptedNode("w1@box")], to: store) {
            await line.run(["inspect"] + topic)
        }
        #expect(outcome.exit == 0)
        #expect(outcome.out.contains(text))
    }

    @Test("inspect gives programs each worker's reply as it came")
    func inspectsAsJSON() async throws {
        let odd = ScriptedNode("odd@box", answers: ["clock": ["error": "no clock"]])
        let outcome = try await run("inspect", "clock", "--json", nodes: [ScriptedNode("w1@box"), odd])
        #expect(outcome.exit == 1)
        #expect(outcome.err == "Error: odd@box: no clock\n")
        let replies = try #require(try outcome.json.arrayValue)
        #expect(replies.contains(["node": "w1@box", "value": ["clock": 72], "error": nil]))
        #expect(replies.contains(["node": "odd@box", "value": nil, "error": "no clock"]))
    }

    @Test("inspect asks the workers that a destination or pattern names")
    func asksSome() async throws {
        let nodes = ["mail@a", "mail@b", "news@a"].map { ScriptedNode($0) }
        #expect(
            try await run("inspect", "clock", "-d", "mail@b,news@a", nodes: nodes).out == "mail@b: 72\nnews@a: 72\n")
        #expect(
            try await run("inspect", "clock", "--pattern", "mail@*", nodes: nodes).out == "mail@a: 72\nmail@b: 72\n")
    }

    @Test("inspect --stored asks the broker, and says which topics only workers know")
    func asksBroker() async throws {
        try await line.app.send("tasks.add", args: [1, 1], options: CallOptions(id: "later", countdown: .hours(2)))
        #expect(await line.run("inspect", "scheduled", "--stored").out.contains("later"))
        #expect(await line.run("inspect", "ping", "--stored").err == "Error: no worker answers\n")
        let outcome = await line.run("inspect", "clock", "--stored")
        #expect(outcome.exit == 78)
        #expect(outcome.err.contains("only the workers know clock"))
    }

    @Test(
        "control carries each command with its arguments",
        arguments: [
            (["revoke", "a", "b"], "revoke", ["task_id": ["a", "b"], "terminate": false, "signal": "SIGTERM"]),
            (
                ["revoke", "a", "--terminate", "--signal", "kill"], "revoke",
                ["task_id": ["a"], "terminate": true, "signal": "SIGKILL"]
            ),
            (["terminate", "SIGINT", "a"], "revoke", ["task_id": ["a"], "terminate": true, "signal": "SIGINT"]),
            (
                ["revoke_by_stamped_headers", "tenant=acme", "tenant=b=c"], "revoke_by_stamped_headers",
                ["headers": ["tenant": ["acme", "b=c"]], "terminate": false, "signal": "SIGTERM"]
            ),
            (["rate_limit", "t", "10/m"], "rate_limit", ["task_name": "t", "rate_limit": "10/m"]),
            (["rate-limit", "t", "0"], "rate_limit", ["task_name": "t", "rate_limit": 0]),
            (["time_limit", "t", "30", "1m"], "time_limit", ["task_name": "t", "soft": 30.0, "hard": 60.0]),
            (["time-limit", "t", "0"], "time_limit", ["task_name": "t", "soft": nil, "hard": nil]),
            (["pool_grow"], "pool_grow", ["n": 1]), (["pool-shrink", "3"], "pool_shrink", ["n": 3]),
            (
                ["add_consumer", "extra", "--exchange", "all", "--exchange-type", "topic", "--routing-key", "k.#"],
                "add_consumer",
                ["queue": "extra", "exchange": "all", "exchange_type": "topic", "routing_key": "k.#"]
            ),
            (["cancel-consumer", "extra"], "cancel_consumer", ["queue": "extra"]),
            (["enable_events"], "enable_events", [:]), (["disable-events"], "disable_events", [:]),
            (["send", "clock", "--arguments", #"{"x": 1}"#], "clock", ["x": 1]),
        ] as [([String], String, JSONObject)]
    )
    func controls(words: [String], name: String, arguments: JSONObject) async throws {
        let node = ScriptedNode("w1@box")
        let outcome = try await ScriptedNode.listening([node], to: store) { await line.run(["control"] + words) }
        #expect(outcome.exit == 0)
        #expect(outcome.out.hasPrefix("w1@box: "))
        #expect(node.commands == [ControlCommand(name, arguments)])
    }

    @Test("control exits with 1 and the worker's words where one refuses, with 3 where none answers")
    func tellsRefusals() async throws {
        let refused = try await run("control", "autoscale", "4", "2")
        #expect(refused.exit == 1)
        #expect(refused.err == "Error: w1@box: ValueError('Autoscale not enabled')\n")
        #expect(try await run("control", "pool_restart", "--json").json[0]?["error"]?.stringValue != nil)
        #expect(try await run("control", "pool-grow", "-t", "10ms", nodes: []).exit == 3)
    }

    @Test("heartbeat and shutdown are told to the workers that are there", arguments: ["heartbeat", "shutdown"])
    func tells(command: String) async throws {
        let node = ScriptedNode("w1@box")
        try await ScriptedNode.listening([node], to: store) {
            #expect(await line.run("control", command, "-d", "w1@box").out == "told: \(command)\n")
        }
        #expect(node.commands.map(\.name) == ["ping", command])
    }

    @Test(
        "a command to a worker that is not there exits with 3, and says who did not answer",
        arguments: ["heartbeat", "shutdown", "pool-grow", "enable-events"])
    func noSuchWorker(command: String) async throws {
        let nobody = try await run("control", command, "-d", "nobody@nowhere", "-t", "10ms")
        #expect(nobody.exit == 3)
        #expect(nobody.err == "Error: nobody@nowhere did not answer within 10 ms\n")
        let some = try await run("control", command, "-d", "w1@box,nobody@nowhere", "-t", "500ms")
        #expect(some.exit == 3)
        #expect(some.err == "Error: nobody@nowhere did not answer within 0.5 s\n")
    }

    @Test("a worker that refuses to end says so, with 1")
    func refusesShutdown() async throws {
        let node = ScriptedNode("w1@box", answers: ["shutdown": ["error": "PermissionError('no')"]])
        let outcome = try await run("control", "shutdown", nodes: [node])
        #expect(outcome.exit == 1)
        #expect(outcome.err == "Error: w1@box: PermissionError('no')\n")
        #expect(outcome.out == "")
    }

    @Test(
        "a broker without remote control is refused with 78",
        arguments: [["status"], ["control", "pool-grow"], ["events"]])
    func needsRemoteControl(arguments: [String]) async throws {
        let outcome = try await CommandLineUnderTest().run(arguments)
        #expect(outcome.exit == 78)
        #expect(outcome.err.hasPrefix("Error: the broker (sqlite) and the result backend (sqlite) of this app carry"))
    }

    @Test(
        "refuses wrong uses with 64",
        arguments: [
            (["inspect", "clock", "now"], "clock takes no arguments"),
            (["inspect", "query_task"], "needs the ids"),
            (["status", "--timeout", "0"], "--timeout must be greater than 0"),
            (["control", "rate-limit", "t", "often"], "such as 10/s, 100/m or 5/h"),
            (["control", "rate-limit", "t", "10/d"], "100/m or 5/h"), (["control", "pool-grow", "0"], "at least 1"),
            (["control", "autoscale", "2", "4"], "a maximum, then a minimum"),
            (["control", "revoke_by_stamped_headers", "tenant"], "name=value"),
            (["control", "terminate", "SIG TERM", "a"], "SIG TERM"),
            (["control", "add-consumer", "unacked"], "is not a queue name: kombu"),
            (["call", "t", "--routing-key", "k"], "--routing-key requires --exchange"),
            (["events", "--dump", "--json"], "cannot be combined"),
            (["events", "--limit", "0"], "--limit must be at least 1"),
        ]
    )
    func refuses(arguments: [String], text: String) async {
        let outcome = await line.run(arguments)
        #expect(outcome.exit == 64)
        #expect(outcome.err.contains(text))
    }
}
