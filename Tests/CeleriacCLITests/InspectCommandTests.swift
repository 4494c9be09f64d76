import Celeriac
import Foundation
import Testing

@testable import CeleriacCLI

@Suite("inspect")
struct InspectCommandTests {
    let line: CommandLineUnderTest

    init() throws { line = try CommandLineUnderTest() }

    private func beat(_ name: String) async throws {
        let now = line.app.time.now
        var status = WorkerStatus(
            name: name, host: "box", pid: 42, startedAt: now, lastBeat: now, expires: now.adding(.hours(1))
        )
        status.queues = ["celery", "mail"]
        status.concurrency = 8
        status.processed = 12
        status.failed = 3
        status.tasks = ["tasks.add"]
        status.running = [
            .init(id: "one", task: "tasks.add", queue: "mail", attempt: 2, startedAt: now),
            .init(id: "two", task: "tasks.add", queue: "mail", attempt: 1, startedAt: nil),
        ]
        try await line.app.backend.require(.directory).beat(status)
    }

    @Test("ping exits with 3 where no worker lives, else names them")
    func pings() async throws {
        #expect(await line.run("inspect", "ping").exit == 3)
        try await beat("a@box")
        let outcome = await line.run("inspect", "ping")
        #expect(outcome.exit == 0)
        #expect(outcome.out.hasPrefix("a@box: alive"))
    }

    @Test(
        "shows what was asked for",
        arguments: [
            ([], "a@box    42  celery,mail        1      8"), (["active"], "a@box   one  tasks.add  mail         2"),
            (["registered"], "a@box   tasks.add"), (["stats"], "a@box          12       3        1"),
        ]
    )
    func shows(topic: [String], text: String) async throws {
        try await beat("a@box")
        let app = line.app
        let outcome = await CommandLineUnderTest.run(["inspect"] + topic) { _ in app }
        #expect(outcome.exit == 0)
        #expect(outcome.out.contains(text))
    }

    @Test("prints the workers as one document")
    func printsJSON() async throws {
        try await beat("a@box")
        try await beat("b@box")
        let document = try await line.run("inspect", "stats", "--json").json
        #expect(document.arrayValue?.compactMap { $0["name"]?.stringValue } == ["a@box", "b@box"])
        #expect(document[0]?["running"]?.arrayValue?.compactMap { $0["id"] } == ["one"])
        #expect(document[0]?["reserved"]?.arrayValue?.compactMap { $0["id"] } == ["two"])
        #expect(document[0]?["processed"] == 12)
    }

    @Test("finds one worker by the start of its name, or names those that live")
    func selects() async throws {
        try await beat("a@box")
        try await beat("b@box")
        #expect(try await line.run("inspect", "--worker", "b", "--json").json.arrayValue?.count == 1)
        let outcome = await line.run("inspect", "--worker", "c")
        #expect(outcome.exit == 3)
        #expect(outcome.err.contains("live workers: a@box, b@box"))
    }

    @Test("scheduled shows calls that wait for their time")
    func showsScheduled() async throws {
        try await line.app.send("tasks.add", args: [1, 1], options: CallOptions(id: "later", countdown: .hours(2)))
        let outcome = await line.run("inspect", "scheduled")
        #expect(outcome.out.contains("later"))
        // However long the machine takes between the two.
        #expect(outcome.out.contains("1 h 5"))
        #expect(try await line.run("inspect", "scheduled", "--json").json[0]?["id"] == "later")
        #expect(await line.run("inspect", "reserved").err == "none\n")
    }

    @Test("an unknown topic is refused with 64 and the list of topics")
    func refusesTopic() async {
        let outcome = await line.run("inspect", "everything")
        #expect(outcome.exit == 64)
        #expect(outcome.err.contains("registered"))
    }
}
