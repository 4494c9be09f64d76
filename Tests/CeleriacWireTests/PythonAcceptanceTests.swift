import CeleriacCore
import CeleriacWire
import Foundation
import Testing

/// What we write, read by the real Celery and kombu.
@Suite("Python reads what we write", .serialized, .enabled(if: PythonPeer.isThere), .timeLimit(.minutes(15)))
struct PythonAcceptanceTests {
    private let date = Date(timeIntervalSince1970: 1_893_553_445.5)

    private func read(_ name: String, _ texts: [[UInt8]]) async throws -> [JSONValue] {
        let values = texts.map { JSONValue.string(String(decoding: $0, as: UTF8.self)) }
        return try #require(try await PythonPeer.read([JSONKey(name): .array(values)])[name]?.arrayValue)
    }

    // MARK: Messages

    private var arguments: EncodedArguments {
        var arguments = EncodedArguments()
        arguments.append(date)
        arguments.append(UUID(uuidString: "01234567-89AB-CDEF-0123-456789ABCDEF"))
        arguments.append(Decimal(string: "1.5"))
        arguments.append(Data("by".utf8))
        arguments.append(Data([0xFF, 0]))
        arguments.append(1.0)
        arguments.append(Double.nan)
        arguments.append(JSONValue.bigInteger("1180591620717411303424"))
        arguments.append("é \u{0} \" 🎉")
        arguments.set("k", [1, 2])
        return arguments
    }

    private func message(_ change: (inout MessageHeaders) -> Void) throws -> [UInt8] {
        var headers = MessageHeaders(id: "id-1", task: "tasks.add")
        change(&headers)
        var message = Message(headers: headers, arguments: arguments)
        message.replyTo = "somebody"
        return KombuEnvelope.encode(
            try CeleryCodec().encode(message), deliveryTag: "tag", exchange: "", routingKey: "celery", priority: 3,
            now: date)
    }

    @Test("a worker takes our message, and its arguments are Python's own types")
    func readsMessages() async throws {
        let plain = try message {
            $0.eta = date
            $0.expires = date.addingTimeInterval(60)
            ($0.timeLimit, $0.softTimeLimit) = (.seconds(30), .milliseconds(20_500))
            ($0.rootID, $0.parentID, $0.group, $0.groupIndex) = ("root", "parent", "g", 2)
            $0.retries = 2
            $0.ignoreResult = true
            $0.extra = ["stamped_headers": ["tenant"], "stamps": ["tenant": "acme"]]
        }
        let texts = [plain, try KombuEnvelope.redelivered(plain), try message { $0.compression = "gzip" }]
        let read = try await read("messages", texts)
        let args = """
            [datetime.datetime(2030, 1, 2, 3, 4, 5, 500000, tzinfo=datetime.timezone.utc), \
            UUID('01234567-89ab-cdef-0123-456789abcdef'), Decimal('1.5'), b'by', b'\\xff\\x00', 1.0, nan, \
            1180591620717411303424, 'é \\x00 " 🎉']
            """
        for told in read {
            #expect(told["args"]?.stringValue == args)
            #expect(told["kwargs"] == "{'k': [1, 2]}")
            #expect(told["id"] == "id-1" && told["name"] == "tasks.add" && told["correlation_id"] == "id-1")
            #expect(told["reply_to"] == "somebody")
            #expect(told["kwargsrepr"] == "{'k': [1, 2]}")
            let shown = told["argsrepr"]?.stringValue ?? ""
            #expect(shown.hasPrefix("(datetime.datetime(2030, 1, 2, 3, 4, 5, 500000, "))
        }
        let told = read[0]
        #expect(told["eta"] == "2030-01-02 03:04:05.500000+00:00")
        #expect(told["expires"] == "2030-01-02 03:05:05.500000+00:00")
        #expect(told["time_limits"] == [30, 20.5])
        #expect(told["root_id"] == "root" && told["parent_id"] == "parent" && told["group"] == "g")
        #expect(told["group_index"] == 2 && told["retries"] == 2 && told["ignore_result"] == true)
        #expect(told["stamps"] == ["tenant": "acme"] && told["stamped_headers"] == ["tenant"])
        #expect(told.at("delivery_info", "routing_key") == "celery" && told.at("delivery_info", "priority") == 3)
        #expect(read[1]["redelivered"] == true)
    }

    // MARK: Results

    private func change(_ id: String, _ state: TaskState, _ set: (inout StateChange) -> Void) -> StateChange {
        var change = StateChange(id: TaskID(id), state: state, at: date)
        set(&change)
        return change
    }

    @Test("a client gets our results, states and progress, with facts of our own beside them")
    func readsResults() async throws {
        var headers = MessageHeaders(id: "a", task: "tasks.add")
        headers.extra = ["stamped_headers": ["tenant"], "stamps": ["tenant": "acme"]]
        let call = Envelope(headers: headers, body: Array("[[1],{\"k\":2},{}]".utf8))
        let extended = change("a", .success) {
            ($0.result, $0.call, $0.queue, $0.worker) = (Array(#"{"x":[1.0,null]}"#.utf8), call, "celery", "w@h")
            ($0.startedAt, $0.attempt, $0.children) = (date, 3, [ResultNode("c"), ResultNode("g", members: [])])
        }
        let started = change("b", .started) { ($0.worker, $0.attempt) = ("w@h", 2) }
        let progress = change("c", .progress) { ($0.meta, $0.startedAt) = (Array(#"{"done":3}"#.utf8), date) }
        let read = try await read(
            "results",
            [
                ResultDocument.encode(extended, isExtended: true),
                ResultDocument.encode(started, isExtended: true, processID: 7),
                ResultDocument.encode(progress, isExtended: true),
                ResultDocument.encode(change("d", .success) { $0.result = [0xFF] }, isExtended: true),
            ])
        #expect(read[0]["returned"] == "{'x': [1.0, None]}")
        #expect(read[0]["children"] == ["c", "g"])
        #expect(read[0]["name"] == "tasks.add" && read[0]["args"] == [1] && read[0]["kwargs"] == ["k": 2])
        #expect(read[0]["worker"] == "w@h" && read[0]["retries"] == 2 && read[0]["queue"] == "celery")
        #expect(read[0]["date_done"] == "2030-01-02 03:04:05.500000+00:00")
        #expect(read[1]["state"] == "STARTED" && read[1]["info"] == "{'pid': 7, 'hostname': 'w@h'}")
        #expect(read[2]["state"] == "PROGRESS" && read[2]["info"] == "{'done': 3}" && read[2]["ready"] == false)
        #expect(read[3]["returned"] == "None")
    }

    @Test("a client raises our failures as the class that they are")
    func raisesFailures() async throws {
        let failures: [(TaskFailure, raised: String, arguments: String)] = [
            (TaskFailure(type: "ValueError", module: "builtins", message: "x"), "builtins.ValueError", "('x',)"),
            (TaskFailure(type: "KeyError", module: "builtins", message: ""), "builtins.KeyError", "()"),
            (
                TaskFailure(type: "E", module: "Signup", message: "a, 2", arguments: ["a", 2]), "celery.exceptions.E",
                "('a', 2)"
            ),
            (
                TaskFailure(type: "Outer.Inner", module: "Signup", message: "x"),
                "celery.exceptions.Outer.Inner", "('x',)"
            ),
            (
                TaskFailure(type: "ArgumentError", module: "Celeriac", message: "x"),
                "celery.exceptions.ArgumentError", "('x',)"
            ),
            (
                TaskFailure(type: "NotRegistered", module: "Celeriac", message: "t"),
                "celery.exceptions.NotRegistered", "('t',)"
            ),
            (
                TaskFailure(type: "TimeLimitExceeded", module: "Celeriac", message: "30"),
                "billiard.exceptions.TimeLimitExceeded", "('30',)"
            ),
            (
                TaskFailure(type: "SoftTimeLimitExceeded", message: ""), "billiard.exceptions.SoftTimeLimitExceeded",
                "()"
            ),
            (TaskFailure(type: "WorkerLostError", message: "x"), "billiard.exceptions.WorkerLostError", "('x',)"),
            (
                TaskFailure(type: "MaxRetriesExceededError", message: "x"),
                "celery.exceptions.MaxRetriesExceededError", "('x',)"
            ),
            (TaskFailure(type: "Reject", message: "x"), "celery.exceptions.Reject", "('x', False)"),
        ]
        let history = [FailedAttempt(attempt: 1, at: date, type: "E", message: "m")]
        let documents = failures.enumerated().map { number, expected in
            ResultDocument.encode(
                change("f\(number)", .failure) {
                    $0.failure = expected.0
                    $0.failure?.traceback = "tb"
                    $0.failure?.history = history
                    $0.attempt = 3
                }, isExtended: number % 2 == 0)
        }
        for (told, expected) in zip(try await read("results", documents), failures) {
            #expect(told["raised"]?.stringValue == expected.raised)
            #expect(told["arguments"]?.stringValue == expected.arguments)
            #expect(told["traceback"] == "tb" && told["state"] == "FAILURE")
        }
        let others = [
            ResultDocument.encode(
                change("r", .revoked) { $0.failure = TaskFailure(type: "TaskRevokedError", message: "expired") },
                isExtended: true),
            ResultDocument.encode(change("u", .revoked) { _ in }, isExtended: false),
            ResultDocument.encode(change("n", .failure) { _ in }, isExtended: true),
            ResultDocument.encode(
                change("t", .retry) { $0.failure = TaskFailure(type: "OSError", message: "x") }, isExtended: true),
            ResultDocument.encode(change("s", .retry) { _ in }, isExtended: true),
        ]
        let read = try await read("results", others)
        #expect(read[0]["raised"] == "celery.exceptions.TaskRevokedError" && read[0]["arguments"] == "('expired',)")
        #expect(read[1]["raised"] == "celery.exceptions.TaskRevokedError")
        #expect(read[2]["raised"] == "builtins.Exception")
        #expect(read[3]["state"] == "RETRY" && read[3]["info"] == "OSError('x')")
        #expect(read[4]["state"] == "RETRY" && read[4]["info"] == "None")
    }

    // MARK: Events and control

    @Test("an observer sees our workers and tasks")
    func readsEvents() async throws {
        func event(_ kind: MonitorEvent.Kind, _ fields: JSONObject) -> MonitorEvent {
            MonitorEvent(kind, from: "w@h", pid: 7, clock: 3, at: Date(), fields: fields)
        }
        let messages = EventMessage.encode([
            event(.workerHeartbeat, ["freq": 2.0, "active": 0, "processed": 1, "sw_ident": "celeriac"]),
            event(.taskReceived, ["uuid": "a", "name": "tasks.add", "args": "(2, 2)", "kwargs": "{}"]),
            event(.taskSucceeded, ["uuid": "a", "result": "4", "runtime": 0.1]),
        ])
        let read = try await read("events", messages.map(\.kombuText))
        #expect(read[0]["workers"] == ["w@h"] && read[0]["alive"] == [true])
        #expect(read[1].at("tasks", "a") == ["tasks.add", "SUCCESS", "(2, 2)", "4"])
    }

    @Test("a node runs our commands if it is meant, and a client reads our replies")
    func readsControl() async throws {
        let commands = [
            ControlCommand("ping", ["a": 1]), ControlCommand("ping", to: ["w@h"]), ControlCommand("ping", to: ["x@h"]),
            ControlCommand("ping", pattern: .init("w*")), ControlCommand("ping", pattern: .init("x.*", .pcre)),
        ]
        let requests = commands.map {
            ControlMessage.request($0, ticket: "T", replyKey: "K", clock: 5, expires: 12.5).kombuText
        }
        let read = try await read("commands", requests)
        for (told, command) in zip(read, commands) {
            #expect(told["ran"]?.arrayValue?.isEmpty == !command.isFor("w@h"))
            #expect(told["ticket"] == "T" && told["clock"] == 5)
            #expect(told["reply_to"] == ["exchange": "reply.celery.pidbox", "routing_key": "K"])
        }
        #expect(read[0]["ran"] == [["a": 1]])
        let reply = ControlMessage.reply(["ok": "pong"], node: "w@h", ticket: "T", replyKey: "K", clock: 5).kombuText
        #expect(try await self.read("replies", [reply]) == [["ticket": "T", "body": ["w@h": ["ok": "pong"]]]])
    }

    // MARK: Texts for people

    @Test("arguments, values and exceptions are shown as Python shows them, to the character where it cuts")
    func showsAlike() async throws {
        let long = JSONValue.string(String(repeating: "long text ", count: 300))
        let values: [[JSONValue]] = [
            [], [1], [1, 2], [nil, true, false, 1.0, -3, 1e22, 1e-7, .bigInteger("1180591620717411303424")],
            ["it's", "a\"b", "a\\b", "é\n日本🎉"], [[1, [2, [3, [4]]]], ["a": ["b": ["c": ["d": 1]]]], [], [:]],
            [long], [long, 1], [[long], 1], [["k": long]], [.string(String(repeating: "x", count: 1022))],
            [.string(String(repeating: "'", count: 1023))], (0..<2000).map { .integer($0) },
            [.string(String(repeating: "x", count: 1015)), .bigInteger(String(repeating: "7", count: 50)), "y"],
            [.array((0..<500).map { _ in ["ab", ["c": nil]] })],
            [.string(String(repeating: "x", count: 1019)), [[[1]]], 5],
            (0..<40).map { .string(String(repeating: "\($0)", count: $0)) },
        ]
        let exceptions: [[JSONValue]] = [
            ["ValueError", "x"], ["E"], ["E", "it's", "a\"'\n\r\t\\"], ["E", "\u{7F}é\u{2028}\u{200B}🎉\u{E000}"],
            ["E", 1, [nil, true], ["k": 1.0]],
        ]
        let told = try await PythonPeer.read([
            "reprs": .array(values.map(JSONValue.array)), "exceptions": .array(exceptions.map(JSONValue.array)),
        ])
        for (number, value) in values.enumerated() {
            let json = JSONValue.array(value).bytes
            #expect(PythonRepr.arguments(json) == told["reprs"]?[number]?[0]?.stringValue, "arguments \(number)")
            #expect(PythonRepr.value(json) == told["reprs"]?[number]?[1]?.stringValue, "value \(number)")
        }
        for (number, exception) in exceptions.enumerated() {
            let arguments = Array(exception.dropFirst())
            let failure = TaskFailure(type: exception[0].stringValue ?? "", message: "", arguments: arguments)
            #expect(PythonRepr.exception(failure) == told["exceptions"]?[number]?.stringValue)
        }
    }
}
