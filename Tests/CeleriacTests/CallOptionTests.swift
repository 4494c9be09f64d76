@testable import Celeriac
@testable import CeleriacClient
@testable import CeleriacWorker
import CeleriacPool
import CeleriacTesting
import Foundation
import Testing

@Suite("Options of tasks and calls")
struct CallOptionTests {
    @Test("a countdown and an eta wait in the broker until their time")
    func delayed() async throws {
        let time = ManualTime()
        let app = try makeApp(time: time)
        let echo = try app.task("echo") { (n: Int) in n }
        let first = try await app.send(echo(1).with(CallOptions(countdown: .minutes(5))))
        let second = try await app.send(echo(2).with(CallOptions(eta: time.now.adding(.minutes(10)))))
        #expect(try await app.broker.counts(of: .default).delayed == 2)
        #expect(try await drain(app).processed == 0)
        await time.advance(by: .minutes(5))
        #expect(try await drain(app).processed == 1)
        #expect(try await first.get() == 1)
        await time.advance(by: .minutes(5))
        _ = try await drain(app)
        #expect(try await second.get() == 2)
    }

    @Test("a waiting worker starts a delayed call when its time comes")
    func delayedWakes() async throws {
        let time = ManualTime()
        let app = try makeApp(time: time)
        let echo = try app.task("echo") { (n: Int) in n }
        try await withWorker(app) { _ in
            let result = try await app.send(echo(1).with(CallOptions(countdown: .seconds(8))))
            #expect(try await result.state == .pending)
            await time.advance(by: .seconds(8))
            #expect(try await result.get() == 1)
        }
    }

    @Test("a call that is late for its expiry is revoked instead of started")
    func expires() async throws {
        let time = ManualTime()
        let app = try makeApp(time: time)
        let started = Journal<Int>()
        let echo = try app.task("echo", options: TaskOptions(expires: .minutes(1))) { (n: Int) in
            started.write(n); return n
        }
        let late = try await app.send(echo(1))
        await time.advance(by: .minutes(1))
        let timely = try await app.send(echo(2))
        _ = try await drain(app)
        #expect(started.entries == [2])
        #expect(try await late.state == .revoked)
        #expect(try await late.failure().message == "expired")
        #expect(try await timely.state == .success)
    }

    @Test("a queue is chosen by the call, else the task, else the route, else the default")
    func routing() async throws {
        let app = try makeApp { options in
            options.routes = [TaskRoute("feed.*", to: "feeds"), TaskRoute("*.import", to: "imports")]
            options.defaultQueue = "main"
        }
        let task = try app.task("own", options: TaskOptions(queue: "mine")) { (n: Int) in n }
        try await app.send(task(1).with(CallOptions(queue: "called")))
        try await app.send(task(1))
        try await app.send("feed.import")
        try await app.send("big.import")
        try await app.send("other")
        for queue in ["called", "mine", "feeds", "imports", "main"] as [QueueName] {
            #expect(try await app.broker.counts(of: queue).ready == 1, "\(queue)")
        }
    }

    @Test("where queues are declared, another one is an error that names them")
    func unknownQueue() async throws {
        let app = try makeApp { $0.queues = [.default, "emails"] }
        let error = await #expect(throws: CeleriacError.self) {
            try await app.send("x", options: CallOptions(queue: "email"))
        }
        #expect(error?.code == .unknownQueue)
        #expect(error?.message.contains("celery, emails") == true)
    }

    @Test("higher priorities run first")
    func priorities() async throws {
        let app = try makeApp()
        let order = Journal<String>()
        let note = try app.task("note") { (text: String) in
            order.write(text); return 1
        }
        try await app.send(note("low").with(CallOptions(priority: .low)))
        try await app.send(note("normal"))
        try await app.send(note("critical").with(CallOptions(priority: .critical)))
        try await app.send(note("front").with(CallOptions(atFront: true)))
        _ = try await drain(app, WorkerOptions(concurrency: 1))
        #expect(order.entries == ["critical", "front", "normal", "low"])
    }

    @Test("strict queues are served in order, and weighted ones all get their turn")
    func queueOrder() async throws {
        let app = try makeApp()
        let order = Journal<String>()
        let note = try app.task("note") { (text: String) in
            order.write(text); return 1
        }
        for n in 0..<5 {
            try await app.queue("slow").enqueue(note("slow\(n)"))
            try await app.queue("fast").enqueue(note("fast\(n)"))
        }
        _ = try await drain(app, WorkerOptions(queues: ["fast", "slow"], concurrency: 1))
        #expect(order.entries == (0..<5).map { "fast\($0)" } + (0..<5).map { "slow\($0)" })
        var first: [QueueName: Int] = [:]
        var generator = SystemRandomNumberGenerator()
        let weighted = QueueSelection.weighted(["fast": 3, "slow": 1])
        for _ in 0..<4000 { first[weighted.drawn(after: nil, using: &generator)[0], default: 0] += 1 }
        #expect((2700...3300).contains(first["fast"] ?? 0), "3 of 4, give or take ten standard deviations")
    }

    @Test("of calls with one unique key only the first is taken, and the second's handle is the first's")
    func unique() async throws {
        let app = try makeApp()
        let report = try app.task("report", options: TaskOptions(unique: .untilDone)) { (n: Int) in n }
        let first = try await app.send(report(1))
        let second = try await app.send(report(1))
        let other = try await app.send(report(2))
        #expect(second.id == first.id)
        #expect(other.id != first.id)
        #expect(try await drain(app).succeeded == 2)
        #expect(try await app.send(report(1)).id != first.id, "done: the key is free")
    }

    @Test("a call without retries runs once even if early acknowledgement is asked for, and its message is gone first")
    func earlyAck() async throws {
        let app = try makeApp()
        let counts = Journal<QueueCounts>()
        let task = try app.task("once", options: TaskOptions(acks: .early)) { (n: Int) in
            let context = try #require(TaskContext.current)
            counts.write(try await context.app.broker.counts(of: .default))
            return n
        }
        let result = try await app.send(task(5))
        _ = try await drain(app)
        #expect(counts.entries == [QueueCounts()])
        #expect(try await result.get() == 5)
    }

    @Test("a rate limit spaces the starts of a task on a worker", .timeLimit(.minutes(15)))
    func rateLimit() async throws {
        let time = ManualTime()
        let app = try makeApp(time: time)
        let starts = Journal<Date>()
        let task = try app.task("slow", options: TaskOptions(rateLimit: "6/m")) { (n: Int) in
            starts.write(time.now)
            return n
        }
        try await withWorker(app) { _ in
            var results: [AsyncResult<Int>] = []
            for n in 0..<4 { results.append(try await app.send(task(n))) }
            try await results[0].reaches(.success)
            for result in results.dropFirst() {
                // Again where the clock moved before the next start was put off.
                repeat { await time.advance(by: .seconds(10)) } while try await !ends(result)
            }
        }
        let gaps = zip(starts.entries, starts.entries.dropFirst()).map { $1.timeIntervalSince($0) }
        #expect(gaps.count == 3 && gaps.allSatisfy { $0 >= 10 }, "\(gaps)")
    }

    /// Whether it ends in a while of real time, the clock standing still.
    private func ends(_ result: AsyncResult<Int>) async throws -> Bool {
        for _ in 0..<500 {
            if try await result.state == .success { return true }
            try await Task.sleep(for: .milliseconds(2))
        }
        return false
    }

    @Test("a task's child knows its parent and its root")
    func parents() async throws {
        let app = try makeApp()
        let seen = Journal<MessageHeaders>()
        let leaf = try app.task("leaf") { (n: Int) in
            seen.write(try #require(TaskContext.current).headers)
            return n
        }
        let root = try app.task("root") { (n: Int) in try await leaf(n).delay().id.rawValue }
        let result = try await app.send(root(1).with(CallOptions(headers: ["tenant": "acme"])))
        _ = try await drain(app)
        let headers = try #require(seen.entries.first)
        #expect(headers.parentID == result.id)
        #expect(headers.rootID == result.id)
        #expect(headers.id.rawValue == (try await result.get()))
    }

    @Test("headers of the caller reach the task")
    func headers() async throws {
        let app = try makeApp()
        let read = try app.task("read") { (key: String) in
            try #require(TaskContext.current).headers.extra[key]?.stringValue
        }
        let result = try await app.send(read("tenant").with(CallOptions(headers: ["tenant": "acme"])))
        _ = try await drain(app)
        #expect(try await result.get() == "acme")
    }

    @Test("sent by name with keywords, arguments find their parameters, and missing ones their defaults")
    func byName() async throws {
        struct Greet: TaskDefinition {
            let name: TaskName = "greet"
            let parameters: [TaskParameter]? = [
                TaskParameter("name", label: "to", type: "String", position: 0, hasDefault: false),
                TaskParameter("greeting", label: nil, type: "String", position: nil, hasDefault: true),
            ]
            func run(_ arguments: ReceivedArguments, in context: TaskContext) async throws -> String {
                let greeting = try arguments.value("greeting", at: 1, default: "Hello")
                return try "\(greeting), \(arguments.value("name", label: "to", at: 0, as: String.self))"
            }
        }
        let app = try makeApp { $0.tasks = [Greet()] }
        let byPosition = try await app.send("greet", args: ["Ada", "Hi"])
        let byKeyword = try await app.send("greet", kwargs: ["greeting": "Ahoy", "name": "Ada"])
        let byLabel = try await app.send("greet", kwargs: ["to": "Ada"])
        _ = try await drain(app)
        #expect(try await byPosition.get() == "Hi, Ada")
        #expect(try await byKeyword.get() == "Ahoy, Ada")
        #expect(try await byLabel.get() == "Hello, Ada")
    }
}
