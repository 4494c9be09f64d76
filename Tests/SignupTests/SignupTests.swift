import Celeriac
import Testing

@Suite("the sign-up example")
struct SignupTests {
    @Test("a sign-up is accepted while no worker is there, and mailed when one comes", .timeLimit(.minutes(15)))
    func mailsLater() async throws {
        try await withSignup { signup in
            _ = try await signup.serve("--no-worker")
            let answer = try await signup.post("signup", #"{"email": "ada@example.com", "name": "Ada Łovelace"}"#)
            #expect(answer.status == 202)
            let id = try #require(answer.json["task"]?.stringValue)
            #expect(answer.location == "/tasks/\(id)")
            #expect(try await signup.get("tasks/\(id)").json == ["id": .string(id), "state": "PENDING"])
            #expect(try signup.sink.arrived.isEmpty)

            try signup.start(["worker"])
            let last = try await signup.views(of: "tasks/\(id)").last
            #expect(last == ["id": .string(id), "state": "SUCCESS", "result": "250 2.0.0 Kept"])
            let mails = try signup.sink.arrived
            #expect(mails.count == 1)
            #expect(mails.first?["to"] == ["ada@example.com"])
            #expect(mails.first?["subject"] == "Welcome, Ada Łovelace!")
            #expect(mails.first?["message_id"] == .string("<\(id)@example.com>"))
            let body = try #require(mails.first?["body"]?.stringValue)
            #expect(body.hasPrefix("Dear Ada Łovelace,\n"))
            #expect(body.contains("\n.\nThe dot above is part of the mail."))
        }
    }

    @Test("an address that is refused for now is tried again", .timeLimit(.minutes(15)))
    func retries() async throws {
        try await withSignup(flaky: 1) { signup in
            _ = try await signup.serve()
            let answer = try await signup.post("signup", #"{"email": "flaky@example.com"}"#)
            let last = try await signup.views(of: #require(answer.location)).last
            #expect(last?["state"] == "SUCCESS")
            #expect(try signup.sink.arrived.count == 1)
            let id = try #require(answer.json["task"]?.stringValue)
            let result = try await JSONValue(parsing: signup.run("result", id, "--json").output)
            #expect(result["attempt"] == 2)
        }
    }

    @Test(
        "an address that is refused for good fails with the reason, and is kept as a dead letter",
        .timeLimit(.minutes(15)))
    func deadLetters() async throws {
        try await withSignup { signup in
            _ = try await signup.serve()
            let answer = try await signup.post("signup", #"{"email": "bounce@example.com"}"#)
            let last = try await signup.views(of: #require(answer.location)).last
            #expect(last?["state"] == "FAILURE")
            #expect(last?["failure"]?["type"] == "PermanentMailFailure")
            #expect(last?["failure"]?["message"] == "RCPT TO: 550 5.1.1 No such user here")
            #expect(last?["failure"]?["attempts"] == 1)
            let list = try await JSONValue(parsing: signup.run("dead", "list", "--json").output)
            #expect(list[0]?["id"] == answer.json["task"])
            #expect(list[0]?["task"] == "signup.send_welcome_email")
        }
    }

    @Test("a report shows its progress while it runs", .timeLimit(.minutes(15)))
    func progress() async throws {
        try await withSignup { signup in
            _ = try await signup.serve()
            // So long that no watcher can miss its middle.
            let answer = try await signup.post("reports", #"{"pages": 1000}"#)
            #expect(answer.status == 202)
            let views = try await signup.views(of: #require(answer.location)) { $0["state"] == "PROGRESS" }
            let fraction = try #require(views.last?["progress"]?["fraction"]?.doubleValue)
            #expect(fraction > 0 && fraction < 1)
            #expect(views.last?["progress"]?["note"]?.stringValue?.hasSuffix("of 1000") == true)
        }
    }

    @Test("a report ends with its result", .timeLimit(.minutes(15)))
    func reports() async throws {
        try await withSignup { signup in
            _ = try await signup.serve()
            let answer = try await signup.post("reports", #"{"pages": 2}"#)
            let last = try await signup.views(of: #require(answer.location)).last
            #expect(last?["state"] == "SUCCESS")
            #expect(last?["result"]?["pages"] == 2)
        }
    }

    @Test("wrong requests are answered with 4xx and a reason", .timeLimit(.minutes(15)))
    func refuses() async throws {
        try await withSignup { signup in
            _ = try await signup.serve("--no-worker")
            let bodies = [
                ("signup", "{", 400), ("signup", "{}", 400), ("signup", #"{"email": 7}"#, 400),
                ("signup", #"{"email": "ada"}"#, 422),
                ("signup", #"{"email": "ada@example.com\r\nRCPT TO:<eve@x.org>"}"#, 422),
                ("signup", #"{"email": "ada@example.com", "name": "Ada\r\nBcc: eve@example.com"}"#, 422),
                ("signup", #"{"email": "ada@example.com", "name": ""}"#, 422),
                ("reports", #"{"pages": 0}"#, 422), ("reports", #"{"pages": 1001}"#, 422),
            ]
            for (path, body, status) in bodies {
                let answer = try await signup.post(path, body)
                #expect(answer.status == status, "\(body)")
                #expect(answer.json["error"]?["message"]?.stringValue?.isEmpty == false, "\(body)")
            }
            let large = #"{"email": "ada@example.com", "name": ""# + String(repeating: "x", count: 20_000) + #""}"#
            #expect(try await signup.post("signup", large).status == 413)
            #expect(try await signup.get("tasks/nobody").status == 404)
            #expect(try await signup.get("nowhere").status == 404)
            #expect(try await signup.get("healthz").json == ["status": "ok", "waiting": 0])
        }
    }

    @Test("SIGTERM ends it in order", .timeLimit(.minutes(15)))
    func stops() async throws {
        try await withSignup { signup in
            let process = try await signup.serve()
            #expect(await process.stop() == 0)
        }
    }

    @Test("the built command line has the exit codes that it promises", .timeLimit(.minutes(15)))
    func exits() async throws {
        try await withSignup { signup in
            #expect(try await signup.run("queues", "--json").exit == 0)
            #expect(try await signup.run("result", "nobody").exit == 3)
            #expect(try await signup.run("nonsense").exit == 64)
            let burst = try await signup.run("worker", "--burst", "--json")
            #expect(burst.exit == 0)
            #expect(try JSONValue(parsing: burst.output)["processed"] == 0)
        }
    }
}
