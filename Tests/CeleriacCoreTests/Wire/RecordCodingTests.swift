import CeleriacCore
import Foundation
import Testing

@Suite("Failures and records as JSON")
struct RecordCodingTests {
    private let failure = TaskFailure(
        type: "SMTPError", module: "Signup", message: "greylisted \"twice\"", traceback: "line 1\nline 2",
        history: [FailedAttempt(attempt: 1, at: Date(timeIntervalSince1970: 5), type: "E", message: "first")]
    )

    @Test("a failure comes back as it went")
    func roundTripsFailures() throws {
        #expect(try TaskFailure(parsing: failure.json) == failure)
        let plain = TaskFailure(type: "E", message: "")
        #expect(try TaskFailure(parsing: plain.json) == plain)
        #expect(String(decoding: plain.json, as: UTF8.self) == #"{"exc_type":"E","exc_message":[""]}"#)
    }

    @Test(
        "Celery's exception objects are read as data",
        arguments: [
            ("result-failure", "ValueError: boom"), ("result-failure-custom", "CustomError: 42, nope"),
            ("result-failure-noargs", "KeyError: "),
        ])
    func readsRecordings(name: String, expected: String) throws {
        let result = try #require(Fixture(name).recorded("results")["result"])
        let failure = try TaskFailure(parsing: result.bytes)
        #expect(failure.description == expected)
        #expect(failure.module == result["exc_module"]?.stringValue)
    }

    @Test("a message may be a text, and nothing hostile gets through")
    func readsOthers() throws {
        let text = try TaskFailure(parsing: Array(#"{"exc_type":"E","exc_message":"plain","more":[1]}"#.utf8))
        #expect(text.message == "plain")
        for hostile in ["[]", #"{"exc_type":1}"#, #"{"history":1}"#, "{"] {
            #expect(throws: JSONError.self) { try TaskFailure(parsing: Array(hostile.utf8)) }
        }
        let long = String(repeating: "x", count: 100_000)
        let huge = try TaskFailure(parsing: Array(#"{"exc_type":"\#(long)","exc_message":["\#(long)"]}"#.utf8))
        #expect(huge.type.count == 200)
        #expect(huge.message.utf8.count <= 16 << 10 + 3)
    }

    private var change: StateChange {
        var change = StateChange(
            id: "id-1", state: .failure, attempt: 3, at: Date(timeIntervalSince1970: 7.25),
            expires: Date(timeIntervalSince1970: 1000)
        )
        change.failure = failure
        change.meta = Array(#"{"step":1}"#.utf8)
        change.task = "tasks.add"
        change.queue = "mail"
        change.worker = "w1@host"
        change.startedAt = Date(timeIntervalSince1970: 6)
        change.parentID = "parent"
        change.children = [
            ResultNode("child"), ResultNode("group", members: [ResultNode("a"), ResultNode("b", members: [])]),
        ]
        return change
    }

    @Test("a state change and its record come back as they went")
    func roundTripsRecords() throws {
        #expect(try StateChange(parsing: change.json) == change)
        let record = change.record
        #expect(try TaskRecord(parsing: record.json) == record)
        #expect(try TaskRecord(parsing: change.json) == record)
        let bare = TaskRecord(id: "id-1", state: .pending)
        #expect(try TaskRecord(parsing: bare.json) == bare)
        #expect(String(decoding: bare.json, as: UTF8.self) == #"{"task_id":"id-1","status":"PENDING","attempt":1}"#)
    }

    @Test("a result is kept byte for byte, null too", arguments: ["null", "[1, 2.0]", #"{"b":1,"a":2}"#, #""x""#])
    func keepsResults(text: String) throws {
        var record = TaskRecord(id: "id-1", state: .success)
        record.result = Array(text.utf8)
        #expect(try TaskRecord(parsing: record.json).result == Array(text.utf8))
    }

    @Test("a record needs an id and a status, a change a date")
    func refuses() {
        for text in ["{}", #"{"task_id":"i"}"#, #"{"status":"X"}"#, #"{"task_id":"i","status":"X","queue":"unacked"}"#]
        {
            #expect(throws: JSONError.self) { try TaskRecord(parsing: Array(text.utf8)) }
        }
        #expect(throws: JSONError.self) { try StateChange(parsing: Array(#"{"task_id":"i","status":"X"}"#.utf8)) }
    }
}
