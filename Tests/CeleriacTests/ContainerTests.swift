import Celeriac
import CeleriacCore
import CeleriacTesting
import Logging
import Testing

/// Notes what its tasks do, as a mail client of a test notes its mails.
@TaskContainer
private struct Postman {
    let name: String
    let journal = Journal<String>()

    @Task(retry: .fixed(.minutes(5), maxRetries: 3))
    func deliver(_ context: TaskContext, _ letter: String, to house: Int = 1) async throws -> String {
        journal.write("\(letter) to \(house), attempt \(context.attempt)")
        guard context.attempt > 1 || letter != "heavy" else { throw Hiccup() }
        return "\(letter) by \(name)"
    }

    @Task func stamp(_ letter: String) -> String { "\(letter), stamped by \(name)" }
    @Task(acks: .early) func knock() { journal.write("knock") }
}

@TaskContainer
private actor Mailbox {
    private var letters: [String] = []

    @Task func put(_ letter: String) -> Int {
        letters.append(letter)
        return letters.count
    }
    @Task nonisolated func fill(_ letters: [String]) -> Int { letters.count }
}

@Suite("Tasks of containers")
struct ContainerTests {
    private func app(
        _ containers: [any TaskContainer], lines: Journal<String>? = nil, options: (inout AppOptions) -> Void = { _ in }
    ) throws -> TaskApp {
        try makeApp(lines: lines) {
            $0.tasks = [Postman.$deliver, Postman.$stamp, Postman.$knock, Mailbox.$put, Mailbox.$fill]
            $0.containers = containers
            options(&$0)
        }
    }

    @Test("run on the value of the worker's app, and again after their pause")
    func runs() async throws {
        let postman = Postman(name: "Ann")
        let test = try TestApp(
            options: AppOptions(tasks: [Postman.$deliver], containers: [postman], discoversTasks: false))
        let result = try await test.app.use { try await Postman.$deliver.delay("heavy", to: 7) }
        try await test.drain()
        #expect(try await result.state == .retry)
        try await test.drain(through: .minutes(5))
        #expect(try await result.get() == "heavy by Ann")
        #expect(postman.journal.entries == ["heavy to 7, attempt 1", "heavy to 7, attempt 2"])
    }

    @Test("in two apps of a process run on the value of their own app")
    func twoApps() async throws {
        let (ann, bob) = (try app([Postman(name: "Ann"), Mailbox()]), try app([Postman(name: "Bob"), Mailbox()]))
        let first = try await ann.send(Postman.$stamp("a"))
        let second = try await bob.send(Postman.$stamp("b"))
        _ = try await drain(ann)
        _ = try await drain(bob)
        #expect(try await first.get() == "a, stamped by Ann")
        #expect(try await second.get() == "b, stamped by Bob")
    }

    @Test("are sent by an app without values")
    func sends() async throws {
        let result = try await app([]).send(Postman.$stamp("a"))
        #expect(try await result.state == .pending)
    }

    @Test("are steps of chains, members of groups and bodies of chords, and are mapped")
    func canvas() async throws {
        let app = try app([Postman(name: "Ann"), Mailbox()])
        let chained = try await app.send(chain(Postman.$deliver("a"), Postman.$stamp.then(), Mailbox.$put.then()))
        let grouped = try await app.send(group(["b", "c"].map { Postman.$stamp($0) }))
        let mapped = try await app.send(Postman.$stamp.map(["d", "e"]))
        let header = [Postman.$stamp("f"), Postman.$deliver("g")]
        let filled = try await app.send(chord(header, then: Mailbox.$fill.then()))
        _ = try await drain(app)
        #expect(try await chained.get() == 1)
        #expect(try await grouped.get() == ["b, stamped by Ann", "c, stamped by Ann"])
        #expect(try await mapped.get() == ["d, stamped by Ann", "e, stamped by Ann"])
        #expect(try await filled.get() == 2)
    }

    // MARK: Values that are missing or too many

    @Test("two values of one type are refused, by its name")
    func duplicates() throws {
        let error = #expect(throws: CeleriacError.self) { try app([Postman(name: "Ann"), Postman(name: "Bob")]) }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.message.contains("Postman") == true)
    }

    @Test("a worker without the value of a task does not start, names task and container, and takes no message")
    func missing() async throws {
        let app = try app([Mailbox()])
        try await app.send(Postman.$stamp("a"))
        let error = await #expect(throws: CeleriacError.self) { try await drain(app) }
        #expect(error?.code == .invalidConfiguration)
        let message = try #require(error?.message)
        #expect(message.contains("CeleriacTests.Postman.stamp"))
        #expect(message.contains("Postman (the container of"))
        #expect(!message.contains("Mailbox"))
        #expect(try await app.broker.counts(of: .default).ready == 1)
    }

    @Test("a worker that does not require values warns, parks the calls of such a task, and runs the others")
    func parks() async throws {
        let lines = Journal<String>()
        let app = try app([Mailbox()], lines: lines) { $0.requiresContainers = false }
        let (stamped, put) = (try await app.send(Postman.$stamp("a")), try await app.send(Mailbox.$put("a")))
        let knocked = try await app.send(Postman.$knock())
        let mapped = try await app.send(Postman.$stamp.map(["a", "b"]))
        let statistics = try await drain(app)
        #expect(try await put.get() == 1)
        // A map is a task of its own, which starts and then finds the mapped task.
        #expect((statistics.succeeded, statistics.parked, statistics.failed) == (1, 2, 1))
        #expect(Set(try await app.deadLetters.map(\.id)) == [stamped.id, knocked.id, mapped.id])
        for failure in [try await stamped.failure(), try await mapped.failure()] {
            #expect(failure.type == "MissingContainer")
            #expect(failure.message.contains("Postman"))
        }
        let warnings = lines.entries.filter { $0.contains("has no container") }
        #expect(warnings.count == 3)
        #expect(warnings.contains { $0.contains("CeleriacTests.Postman.stamp") })
    }

    @Test("a task that is registered later, without its value, is parked as well")
    func registeredLate() async throws {
        let app = try makeApp()
        let result = try await app.send(Postman.$deliver("a"))
        try await withWorker(app) { _ in
            // The first call is parked as unknown. After that the worker is sure to run.
            #expect(try await result.failure().type == "NotRegistered")
            try app.register(Postman.$stamp)
            #expect(try await app.send(Postman.$stamp("a")).failure().type == "MissingContainer")
        }
    }

    @Test("an app for tests needs the containers of the tasks that it runs, no others")
    func testApp() async throws {
        let test = try TestApp(
            options: AppOptions(
                tasks: [Postman.$stamp, Mailbox.$put], containers: [Postman(name: "Ann")], discoversTasks: false))
        let (stamped, put) = try await test.app.use {
            (try await Postman.$stamp.delay("a"), try await Mailbox.$put.delay("a"))
        }
        try await test.drain()
        #expect(try await stamped.get() == "a, stamped by Ann")
        #expect(try await put.failure().type == "MissingContainer")
    }
}
