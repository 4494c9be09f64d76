import Celeriac
import CeleriacCore
import CeleriacTesting
import Testing

@Suite("A test app")
struct TestAppTests {
    @Test("shows what was enqueued, and runs it when told to", .timeLimit(.minutes(15)))
    func runs() async throws {
        let test = try TestApp(options: AppOptions(discoversTasks: false))
        let add = try test.app.task("tests.add") { (x: Int, y: Int) in x + y }
        let sum = try await test.app.send(add(2, 3))
        let call = try #require(test.enqueued(add).first)
        #expect(try call.argument("y", at: 1, as: Int.self) == 3)
        #expect(call.queue == .default)
        #expect(throws: CeleriacError.self) { try call.argument("z", at: 2, as: Int.self) }
        #expect(try await sum.state == .pending)
        #expect(try await test.drain().succeeded == 1)
        #expect(try await sum.get() == 5)
        test.forgetEnqueued()
        #expect(test.enqueued.isEmpty)
    }

    @Test("runs what its tasks enqueue, in any queue", .timeLimit(.minutes(15)))
    func runsFollowers() async throws {
        let test = try TestApp(options: AppOptions(discoversTasks: false))
        let second = try test.app.task("tests.second") { (x: Int) in x * 2 }
        let first = try test.app.task("tests.first") { (x: Int) in
            try await TaskApp.current.queue("others").enqueue(second(x)).id.rawValue
        }
        try await test.app.send(first(21))
        #expect(try await test.drain().succeeded == 2)
        #expect(test.enqueued("tests.second").map(\.queue) == ["others"])
    }

    @Test("shows what follows a call too, and no call that was not taken", .timeLimit(.minutes(15)))
    func showsWhatFollows() async throws {
        let test = try TestApp(options: AppOptions(discoversTasks: false))
        let add = try test.app.task("tests.add", options: TaskOptions(unique: .untilDone)) { (x: Int, y: Int) in x + y }
        let double = try test.app.task("tests.double", options: TaskOptions(queue: "doubles")) { (x: Int) in 2 * x }
        try await test.app.send(add(2, 3))
        try await test.app.send(add(2, 3))
        try await test.app.send(chain(add(4, 5), double.then(after: Int.self)))
        #expect(test.enqueued(add).count == 2)
        try await test.drain()
        #expect(test.enqueued.map(\.message.task) == ["tests.add", "tests.add", "tests.double"])
        #expect(test.enqueued(double).map(\.queue) == ["doubles"])
    }

    @Test("moves the clock no further than it must, and may", .timeLimit(.minutes(15)))
    func movesTheClock() async throws {
        let test = try TestApp(options: AppOptions(discoversTasks: false))
        let task = try test.app.task("tests.late") { (x: Int) in x }
        try await test.app.queue("celery").enqueue(task(1), in: .hours(1))
        let start = test.time.uptime
        #expect(try await test.drain().processed == 0)
        #expect(try await test.drain(through: .minutes(59)).processed == 0)
        #expect(test.time.uptime == start)
        #expect(try await test.drain(through: .hours(2)).succeeded == 1)
        #expect(test.time.uptime == start + .hours(1))
    }
}
