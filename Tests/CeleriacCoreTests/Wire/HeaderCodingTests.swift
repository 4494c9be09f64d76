import CeleriacCore
import Foundation
import Testing

@Suite("Message headers as JSON")
struct HeaderCodingTests {
    private var full: MessageHeaders {
        var headers = MessageHeaders(id: "id-1", task: "tasks.add")
        headers.rootID = "root"
        headers.parentID = "parent"
        headers.eta = Date(timeIntervalSince1970: 1_893_553_445.5)
        headers.expires = Date(timeIntervalSince1970: 1_893_553_446)
        headers.retries = 2
        headers.timeLimit = .seconds(60)
        headers.softTimeLimit = .milliseconds(1500)
        headers.group = "group"
        headers.groupIndex = 3
        headers.shadow = "shown"
        headers.origin = "gen1@host"
        headers.ignoreResult = true
        headers.compression = "application/x-gzip"
        headers.history = [
            FailedAttempt(attempt: 1, at: Date(timeIntervalSince1970: 5), type: "SMTPError", message: "greylisted")
        ]
        headers.extra = ["tenant": "acme", "trace": ["id": "abc", "n": 1], "none": nil]
        return headers
    }

    @Test("all headers come back as they went", arguments: [true, false])
    func roundTrips(verbose: Bool) throws {
        #expect(try MessageHeaders(parsing: full.json(verbose: verbose)) == full)
        var stamped = full
        stamped.extra["replaced_task_nesting"] = 1
        stamped.extra["stamped_headers"] = ["tenant"]
        stamped.extra["stamps"] = ["tenant": "acme"]
        stamped.extra["argsrepr"] = "(***)"
        #expect(try MessageHeaders(parsing: stamped.json(verbose: verbose)) == stamped)
    }

    @Test("they are written under Celery's names")
    func hasCelerysNames() {
        #expect(
            String(decoding: full.json(), as: UTF8.self) == """
                {"lang":"swift","task":"tasks.add","id":"id-1","shadow":"shown",\
                "eta":"2030-01-02T03:04:05.500000+00:00","expires":"2030-01-02T03:04:06+00:00",\
                "group":"group","group_index":3,"retries":2,"timelimit":[60,1.5],"root_id":"root",\
                "parent_id":"parent","origin":"gen1@host","ignore_result":true,"compression":"application/x-gzip",\
                "x_history":[[1,"1970-01-01T00:00:05+00:00","SMTPError","greylisted"]],\
                "none":null,"tenant":"acme","trace":{"id":"abc","n":1}}
                """
        )
    }

    @Test("what is nil is left out, or null in Celery's full set")
    func leavesOut() throws {
        let plain = MessageHeaders(id: "id-1", task: "tasks.add")
        #expect(
            String(decoding: plain.json(), as: UTF8.self)
                == #"{"lang":"swift","task":"tasks.add","id":"id-1","retries":0}"#)
        let celery = try #require(Fixture("task-delay").recorded("messages")["headers"]?.objectValue)
        let ours = try #require(try JSONValue(parsing: plain.json(verbose: true)).objectValue)
        // The two reprs are made from the arguments, by whoever sends to Celery.
        #expect(Set(ours.keys) == Set(celery.keys).subtracting(["argsrepr", "kwargsrepr"]))
        for (name, value) in ours where !["lang", "id", "root_id", "origin", "ignore_result"].contains(name) {
            #expect(value == celery[name], "\(name)")
        }
    }

    @Test(
        "what the real Celery wrote is read and written back",
        arguments: [
            "task-delay", "task-eta-aware", "task-eta-naive", "task-time-limits", "task-custom-headers",
            "task-expires-datetime", "task-shadow", "task-ignore-result", "stamped",
        ])
    func readsRecordings(name: String) throws {
        let recorded = try #require(Fixture(name).recorded("messages")["headers"])
        let headers = try MessageHeaders(parsing: recorded.bytes)
        #expect(headers.id.rawValue == recorded["id"]?.stringValue)
        #expect(headers.task.rawValue == recorded["task"]?.stringValue)
        var expected = try #require(recorded.objectValue)
        expected["lang"] = "swift"
        // So that the next reader knows that the two reprs are the caller's.
        expected["x_repr"] = true
        var written = try #require(try JSONValue(parsing: headers.json(verbose: true)).objectValue)
        for name in ["eta", "expires"] {
            let dates = (
                expected[name]?.stringValue.flatMap(ISODate.parse), written[name]?.stringValue.flatMap(ISODate.parse)
            )
            #expect(dates.0 == dates.1)
            (expected[name], written[name]) = (nil, nil)
        }
        #expect(written == expected)
    }

    @Test("an eta without an offset is UTC")
    func readsNaiveTimes() throws {
        let recorded = try #require(Fixture("task-eta-naive").recorded("messages")["headers"])
        #expect(try MessageHeaders(parsing: recorded.bytes).eta == Date(timeIntervalSince1970: 1_893_553_445))
    }

    @Test(
        "hostile headers are refused",
        arguments: [
            "{}", "[]", "null", #"{"task":"t"}"#, #"{"id":"i"}"#, #"{"id":"i","task":null}"#, #"{"id":1,"task":"t"}"#,
            #"{"id":"i","task":"t","retries":-1}"#, #"{"id":"i","task":"t","retries":9223372036854775807}"#,
            #"{"id":"i","task":"t","eta":1893456000}"#, #"{"id":"i","task":"t","eta":"soon"}"#,
            #"{"id":"i","task":"t","timelimit":[1e300,null]}"#, #"{"id":"i","task":"t","timelimit":[NaN]}"#,
            #"{"id":"i","task":"t","timelimit":-1}"#, #"{"id":"i","task":"t","x_history":[[1]]}"#,
            #"{"id":"i","task":"t","x_history":[{}]}"#, #"{"id":"i","task":"t","ignore_result":"no"}"#,
            #"{"id":"i","task":"t"} x"#, #"{"id":"i","task":"t""#,
        ])
    func refuses(text: String) {
        #expect(throws: JSONError.self) { try MessageHeaders(parsing: Array(text.utf8)) }
    }

    @Test("a refusal names the header")
    func namesHeader() throws {
        let error = #expect(throws: JSONError.self) {
            try MessageHeaders(parsing: Array(#"{"id":"i","task":"t","eta":"soon"}"#.utf8))
        }
        #expect(error?.reason.contains("header eta") == true)
    }

    @Test("of a long history the last 25 attempts are kept, read or written")
    func keepsHistoryShort() throws {
        var headers = MessageHeaders(id: "i", task: "t")
        headers.history = (1...40).map {
            FailedAttempt(attempt: $0, at: Date(timeIntervalSince1970: 0), type: "E", message: "")
        }
        #expect(try MessageHeaders(parsing: headers.json()).history.map(\.attempt) == Array(16...40))
        let entries = (1...40).map { "[\($0),\"1970-01-01\",\"E\",\"\"]" }.joined(separator: ",")
        let text = #"{"id":"i","task":"t","x_history":["# + entries + "]}"
        #expect(try MessageHeaders(parsing: Array(text.utf8)).history.map(\.attempt) == Array(16...40))
    }

    @Test("an extra header cannot take the place of a known one")
    func keepsKnownHeaders() throws {
        var headers = MessageHeaders(id: "i", task: "t")
        headers.extra = ["id": "other", "task": "other", "lang": "other"]
        let read = try MessageHeaders(parsing: headers.json())
        #expect(read.id == "i")
        #expect(read.task == "t")
        #expect(read.extra.isEmpty)
    }
}
