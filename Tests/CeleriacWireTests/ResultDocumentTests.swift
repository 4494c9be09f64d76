import CeleriacCore
import CeleriacWire
import Foundation
import Testing

@Suite("Result documents")
struct ResultDocumentTests {
    private let limits = MessageLimits()
    private let now = Date(timeIntervalSince1970: 1_893_553_445.5)

    private func change(_ state: TaskState, _ set: (inout StateChange) -> Void = { _ in }) -> StateChange {
        var change = StateChange(id: "id-1", state: state, at: now)
        set(&change)
        return change
    }

    private func text(_ change: StateChange, isExtended: Bool = false) -> String {
        String(decoding: ResultDocument.encode(change, isExtended: isExtended, processID: 7), as: UTF8.self)
    }

    @Test("each state is written in Python's order of keys")
    func writesStates() {
        let date = #""date_done":"2030-01-02T03:04:05.500000+00:00""#
        #expect(
            text(change(.success) { $0.result = Array("[1.0, 2]".utf8) })
                == #"{"status":"SUCCESS","result":[1.0, 2],"traceback":null,"children":[],\#(date),"task_id":"id-1"}"#)
        #expect(
            text(change(.started) { $0.worker = "w@h" })
                == #"{"status":"STARTED","result":{"pid":7,"hostname":"w@h"},"traceback":null,"children":[],"date_done":null,"task_id":"id-1"}"#
        )
        #expect(
            text(change(.progress) { $0.meta = Array(#"{"done":3}"#.utf8) })
                == #"{"status":"PROGRESS","result":{"done":3},"traceback":null,"children":[],"date_done":null,"task_id":"id-1"}"#
        )
        #expect(
            text(
                change(.failure) {
                    $0.failure = TaskFailure(type: "ValueError", module: "builtins", message: "x", traceback: "tb")
                    $0.parentID = "p"
                    $0.children = [ResultNode("c"), ResultNode("g", members: [ResultNode("m")])]
                })
                == #"{"status":"FAILURE","result":{"exc_type":"ValueError","exc_message":["x"],"exc_module":"builtins"},"#
                + #""traceback":"tb","children":[[["c",null],null],[["g",null],[[["m",null],null]]]],\#(date),"#
                + #""parent_id":"p","task_id":"id-1"}"#)
    }

    @Test("an extended document tells of the call as Celery's does")
    func writesExtended() throws {
        var headers = MessageHeaders(id: "id-1", task: "tasks.add")
        headers.group = "g"
        headers.extra = ["stamped_headers": ["tenant", "status"], "stamps": ["tenant": "acme", "status": "evil"]]
        let call = Envelope(headers: headers, body: Array(#"[[1, 2.0], {"k": 1}, {}]"#.utf8))
        let written = text(
            change(.success) {
                ($0.result, $0.task, $0.queue, $0.worker, $0.call) = (
                    Array("3".utf8), "tasks.add", "celery", "w@h", call
                )
            }, isExtended: true)
        #expect(
            written.hasSuffix(
                #""group_id":"g","name":"tasks.add","args":[1, 2.0],"kwargs":{"k": 1},"worker":"w@h","retries":0,"#
                    + #""queue":"celery","stamped_headers":["tenant","status"],"tenant":"acme","task_id":"id-1"}"#),
            "\(written)")
        let recorded = try #require(Fixture("result-extended").raw("results").last)
        let keys = try #require(
            try JSONValue(parsing: recorded).objectValue?.keys)
        #expect(Set(keys).subtracting(try JSONValue(parsing: written).objectValue?.keys ?? [:].keys).isEmpty)
    }

    @Test("our own failures are raised as Celery's exceptions, and none without a module")
    func namesModules() throws {
        func module(_ type: String, _ module: String? = nil) throws -> String? {
            let written = text(change(.failure) { $0.failure = TaskFailure(type: type, module: module, message: "") })
            return try JSONValue(parsing: written).at("result", "exc_module")?.stringValue
        }
        for type in ["TimeLimitExceeded", "SoftTimeLimitExceeded", "WorkerLostError"] {
            #expect(try module(type) == "billiard.exceptions")
            #expect(try module(type, "Celeriac") == "billiard.exceptions")
        }
        for type in ["TaskRevokedError", "NotRegistered", "Reject", "Retry", "MaxRetriesExceededError"] {
            #expect(try module(type) == "celery.exceptions")
        }
        #expect(try module("ArgumentError", "Celeriac") == "Celeriac")
        #expect(try module("SMTPError", "Signup") == "Signup")
        #expect(try module("ValueError") == "builtins")
        #expect(try module("TimeLimitExceeded", "Signup") == "Signup")
    }

    @Test("a state that needs an exception has one, even where nobody named it")
    func writesUnnamedFailures() throws {
        for (state, type) in [(TaskState.failure, "Exception"), (.revoked, "TaskRevokedError")] {
            let document = ResultDocument.encode(change(state), isExtended: false)
            #expect(try JSONValue(parsing: document).at("result", "exc_type")?.stringValue == type)
            #expect(try ResultDocument.decode(document, id: "id-1", limits: limits).failure == nil)
        }
        #expect(try JSONValue(parsing: text(change(.retry)))["result"] == .null)
    }

    private static let hostile = [
        "", "'; DROP TABLE messages; --", #"" \" \\ ""#, "a\u{0}b", "\r\n+OK\r\n$5\r\n", "{}[]<script>", "%s%n",
        "日本語 🏳️‍🌈 é e\u{301}", "\u{FEFF}\u{202E}\u{2028}", String(repeating: "x", count: 5_000), "SUCCESS", "null",
    ]

    @Test("an extended document gives back all that the record has", arguments: hostile)
    func roundTrips(text: String) throws {
        let states: [TaskState] = [
            .success, .failure, .retry, .revoked, .started, .received, .pending, .rejected, .progress, TaskState(text),
        ]
        for state in states {
            for parts in 0..<64 {
                let change = change(state) {
                    if parts & 1 != 0 { $0.result = Array(text.utf8) }
                    if parts & 2 != 0 { $0.meta = [0, 0xFF] + Array(text.utf8) }
                    if parts & 4 != 0 { $0.failure = failure(text, isPlain: parts & 8 != 0) }
                    if parts & 16 != 0 {
                        ($0.task, $0.queue, $0.worker) = (TaskName(text), "celery", text)
                        ($0.startedAt, $0.parentID, $0.attempt) = (now, TaskID(text), 3)
                        $0.children = [ResultNode(TaskID(text)), ResultNode("g", members: [ResultNode(TaskID(text))])]
                    }
                    if parts & 32 != 0 { ($0.result, $0.meta) = (Array("null".utf8), Array(#"{"a": 1.0}"#.utf8)) }
                }
                let document = ResultDocument.encode(change, isExtended: true)
                let record = try ResultDocument.decode(document, id: change.id, limits: limits)
                #expect(record == change.record, "\(state) \(parts)")
            }
        }
    }

    private func failure(_ text: String, isPlain: Bool) -> TaskFailure {
        if isPlain { return TaskFailure(type: "ValueError", message: text) }
        return TaskFailure(
            type: text, module: text, message: text, arguments: ["a", 1, .object([JSONKey(text): .string(text)]), 1.0],
            traceback: text, history: [FailedAttempt(attempt: 1, at: now, type: text, message: text)])
    }

    @Test("a short document gives back result, failure, attempt and history too")
    func roundTripsShort() throws {
        let failed = change(.failure) {
            $0.attempt = 4
            $0.failure = TaskFailure(
                type: "E", module: "M", message: "m",
                history: [FailedAttempt(attempt: 3, at: now, type: "E", message: "m")])
        }
        let record = try ResultDocument.decode(
            ResultDocument.encode(failed, isExtended: false), id: "id-1", limits: limits)
        #expect(record == failed.record)
    }

    @Test("a large result comes back byte for byte, be it JSON or not")
    func roundTripsLarge() throws {
        let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let json = Array("\"\(String(repeating: "x", count: 1_000_000))\"".utf8)
        for result in [bytes, json] {
            let document = ResultDocument.encode(change(.success) { $0.result = result }, isExtended: true)
            #expect(try ResultDocument.decode(document, id: "id-1", limits: limits).result == result)
        }
    }

    @Test("a document packed by result_compression is read")
    func readsCompressed() throws {
        let fixture = try Fixture("result-compressed").document
        let packed = [UInt8](try #require(Data(base64Encoded: fixture["raw_base64"]?.stringValue ?? "?")))
        let record = try ResultDocument.decode(packed, id: "a", limits: limits)
        #expect(record.state == .success)
        #expect(try JSONValue(parsing: record.result ?? []) == fixture["client_reads"])
        let named = Array("\0celery-compressed\0".utf8)
        for text in [named, named + Array("application/x-bz2\0abc".utf8), named + Array("gzip\0abc".utf8)] {
            #expect(throws: CeleriacError.self) { try ResultDocument.decode(text, id: "a", limits: limits) }
        }
    }

    @Test("a document that names classes and modules of the host is data, and so are members that are not Celery's")
    func takesHostileDocuments() throws {
        let text = """
            {"status": "FAILURE", "result": {"exc_type": "system", "exc_message": "rm -rf /", "exc_module": "os"},
            "celeriac": 5, "children": [7, [], [[]], ["old"], [["id", ["p", null]], null]], "retries": -3,
            "queue": "unacked", "date_done": "yesterday", "traceback": 5, "parent_id": {}, "task_id": "other"}
            """
        let record = try ResultDocument.decode(Array(text.utf8), id: "a", limits: limits)
        #expect(record.id == "a" && record.attempt == 1 && record.queue == nil && record.at == nil)
        #expect(record.failure == TaskFailure(type: "system", module: "os", message: "rm -rf /"))
        #expect(record.children == [ResultNode("old"), ResultNode("id")])
        for text in [
            "", "{}", "[]", "{\"status\":1}", "{\"status\":\"SUCCESS\"", #"{"status":"X","celeriac":{"at":1}}"#,
        ] {
            let error = try #require(throws: CeleriacError.self) {
                try ResultDocument.decode(Array(text.utf8), id: "a", limits: limits)
            }
            #expect(error.code == .malformedMessage)
        }
        let huge = [UInt8](repeating: 0x20, count: 10_000_000)
        #expect(
            try #require(throws: CeleriacError.self) { try ResultDocument.decode(huge, id: "a", limits: limits) }.code
                == .tooLarge)
    }
}
