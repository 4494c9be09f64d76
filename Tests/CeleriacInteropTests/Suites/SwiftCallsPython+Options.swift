import Celeriac
import CeleriacCore
import Foundation
import Testing

extension Interop.SwiftCallsPython {
    @Test("a call by name carries arguments, names and origin as Celery's own", .timeLimit(.minutes(15)))
    func plainCall() async throws {
        let seen = try await request(CallOptions(id: "swift-own-id"))
        #expect(seen["id"] == "swift-own-id" && seen["root_id"] == "swift-own-id" && seen["parent_id"] == .null)
        #expect(seen["task"] == "py.request" && seen["correlation_id"] == "swift-own-id")
        #expect(seen["argsrepr"] == "(1, 'two')" && seen["kwargsrepr"] == "{'three': 3.0}")
        #expect(seen["origin"]?.stringValue?.hasPrefix("gen") == true)
        #expect(seen["retries"] == 0 && seen["callbacks"] == .null && seen["chord"] == .null)
    }

    @Test(
        "while a Swift worker lives, a countdown waits in Redis, not in a worker's memory, and then runs",
        .timeLimit(.minutes(15)))
    func countdown() async throws {
        // It serves another queue, and moves what is due in all of them.
        try await withSwiftMover {
            let sent = Date()
            let later = try await app.send("py.request", options: CallOptions(countdown: .seconds(2)))
            #expect(try await app.queue("celery").counts.delayed == 1)
            #expect(try await python(isHeld(later.id)) == false)
            let seen = try await later.get(timeout: limit)
            #expect(seen["eta"]?.stringValue != nil)
            #expect(Date().timeIntervalSince(sent) >= 2)
        }
    }

    @Test(
        "where only Python workers live, a countdown waits in the memory of one of them, and then runs",
        .timeLimit(.minutes(15)))
    func countdownWithoutSwift() async throws {
        try await waitUntil { try await python("redis.exists('celeriac.workers')") == 0 }
        let sent = Date()
        let later = try await app.send("py.request", options: CallOptions(countdown: .seconds(2)))
        #expect(try await python("wait_until(lambda: \(isHeld(later.id)))") == true)
        let seen = try await later.get(timeout: limit)
        #expect(seen["eta"]?.stringValue != nil)
        #expect(Date().timeIntervalSince(sent) >= 2)
    }

    @Test("with delays=worker a countdown is a plain message that the Python worker holds", .timeLimit(.minutes(15)))
    func countdownOfCelery() async throws {
        let plain = try Fleet.app(fleet.url + "?delays=worker")
        let sent = Date()
        let later = try await plain.send("py.request", options: CallOptions(countdown: .seconds(1)))
        let id = later.id.rawValue
        #expect(
            try await python("wait_until(lambda: '\(id)' in repr(inspect(timeout=0.3).scheduled())) is True") == true)
        #expect(try await later.get(timeout: limit)["id"]?.stringValue == id)
        #expect(Date().timeIntervalSince(sent) >= 1)
    }

    @Test("an eta in the past runs at once", .timeLimit(.minutes(15)))
    func pastEta() async throws {
        let seen = try await request(CallOptions(eta: Date(timeIntervalSince1970: 1_600_000_000)))
        #expect(seen["eta"]?.stringValue?.hasPrefix("2020-09-13T12:26:40") == true)
    }

    @Test("expires reaches Python, and in time the call runs", .timeLimit(.minutes(15)))
    func expires() async throws {
        let seen = try await request(CallOptions(expires: Date(timeIntervalSince1970: 4_102_444_800)))
        #expect(seen["expires"]?.stringValue?.hasPrefix("2100-01-01T00:00:00") == true)
    }

    @Test("a call that has expired is REVOKED by the Python worker", .timeLimit(.minutes(15)))
    func expired() async throws {
        let gone = try await app.send(
            "py.add", args: [1, 1], options: CallOptions(expires: Date(timeIntervalSince1970: 1_600_000_000)))
        let failure = await #expect(throws: TaskFailure.self) { try await gone.get(timeout: limit) }
        #expect(failure?.type == "TaskRevokedError")
        #expect(try await gone.state == .revoked)
    }

    @Test("time limits reach Python, hard first", .timeLimit(.minutes(15)))
    func timeLimits() async throws {
        let seen = try await request(CallOptions(timeLimit: .seconds(30), softTimeLimit: .milliseconds(12_500)))
        #expect(seen["timelimit"] == [30, 12.5] || seen["timelimit"] == [30.0, 12.5], "\(seen["timelimit"] as Any)")
    }

    @Test("retries, shadow, ignore_result, reply_to and headers reach Python", .timeLimit(.minutes(15)))
    func furtherOptions() async throws {
        let options = CallOptions(
            retries: 2, replyTo: "a-queue", shadow: "other.name", headers: ["x-tenant": "acme", "n": [1, nil]])
        let seen = try await request(options)
        #expect(seen["retries"] == 2 && seen["reply_to"] == "a-queue" && seen["shadow"] == "other.name")
        #expect(seen["headers"]?["x-tenant"] == "acme" && seen["headers"]?["n"] == [1, nil], "\(seen)")
    }

    @Test("ignoreResult keeps nothing at the Python side", .timeLimit(.minutes(15)))
    func ignoreResult() async throws {
        let quiet = try await app.send("py.echo", args: [1], options: CallOptions(ignoreResult: true))
        let loud = try await app.send("py.echo", args: [2])
        _ = try await loud.get(timeout: limit)
        try await waitUntil { try await app.queue("celery").counts.leased == 0 }
        #expect(try await python("redis.exists('celery-task-meta-\(quiet.id)')") == 0)
    }

    @Test("a queue of the caller's choice is served", .timeLimit(.minutes(15)))
    func queueOption() async throws {
        let seen = try await request(CallOptions(queue: "other"))
        #expect(seen["delivery_info"]?["routing_key"] == "other")
    }

    @Test("a route by pattern leads to its queue", .timeLimit(.minutes(15)))
    func route() async throws {
        let routed = try Fleet.app(fleet.url, routes: [TaskRoute("py.req*", to: "other")])
        let seen = try await routed.send("py.request").get(timeout: limit)
        #expect(seen["delivery_info"]?["routing_key"] == "other")
    }

    @Test("a gzip body is read by Python", .timeLimit(.minutes(15)))
    func compressed() async throws {
        let text = String(repeating: "celeriac ", count: 5000)
        let back = try await app.send("py.echo", args: [.string(text)], options: CallOptions(compression: .gzip))
        #expect(try await back.get(timeout: limit).stringValue == text)
    }

    @Test("priorities are served by Python highest first, whatever the wire's sense", .timeLimit(.minutes(15)))
    func priorities() async throws {
        let gate = scratch.gate()
        let held = try await app.send("py.hold", args: [.string(gate.path)], options: CallOptions(queue: "single"))
        for try await update in held.updates where update.state == .started { break }
        var sent: [AsyncResult<JSONValue>] = []
        for priority in [0, 5, 9, 2] {
            var options = CallOptions(queue: "single", priority: CallPriority(clamping: priority))
            options.id = TaskID("priority-\(priority)")
            sent.append(
                try await app.send(
                    "py.note", args: [.string(scratch.path("swift-order")), .string("p\(priority)")], options: options))
        }
        try gate.open()
        _ = try await held.get(timeout: limit)
        for one in sent { _ = try await one.get(timeout: limit) }
        #expect(scratch.lines("swift-order") == ["p9", "p5", "p2", "p0"])
    }

    @Test("a topic exchange that Python has bound leads Swift's call to its queue", .timeLimit(.minutes(15)))
    func topicExchange() async throws {
        try await python(
            """
            from kombu import Exchange, Queue
            with app.connection_for_write() as connection:
                Queue('other', Exchange('weather', type='topic'), routing_key='weather.*')(connection.default_channel).declare()
            """)
        let broker = try #require(app.broker as? any ExchangeBroker)
        try await broker.declare(Topology([Exchange("weather", .topic, bindings: [])]))
        let seen = try await request(
            CallOptions(route: ExchangeRoute(exchange: "weather", routingKey: "weather.north")))
        #expect(
            seen["delivery_info"]?["exchange"] == "weather" && seen["delivery_info"]?["routing_key"] == "weather.north")
    }

    @Test("a topic exchange that Swift has bound leads Python's call to its queue", .timeLimit(.minutes(15)))
    func topicExchangeOfSwift() async throws {
        let broker = try #require(app.broker as? any ExchangeBroker)
        try await broker.declare(
            Topology([Exchange("sports", .topic, bindings: [Exchange.Binding("other", key: "sports.#")])]))
        let seen = try await python(
            """
            from kombu import Exchange
            sports = Exchange('sports', type='topic')  # declared, since kombu takes what it does not know for direct
            one = app.send_task('py.request', exchange=sports, routing_key='sports.ball.foot', declare=[sports])
            one.get(timeout=20)['delivery_info']['routing_key']
            """)
        #expect(seen == "sports.ball.foot")
    }

    @Test("a call through an exchange that no queue fits is refused", .timeLimit(.minutes(15)))
    func unroutable() async throws {
        let route = ExchangeRoute(exchange: "nobody", routingKey: "nothing")
        await #expect(throws: (any Error).self) {
            try await app.send("py.add", args: [1, 1], options: CallOptions(route: route))
        }
    }

    @Test("many calls sent as one are each answered", .timeLimit(.minutes(15)))
    func manyCalls() async throws {
        let sums = try await app.send(
            (0..<200).map { Signature<Int>("py.add", EncodedArguments(args: [.integer($0), 1])) })
        for (number, sum) in sums.enumerated() { #expect(try await sum.get(timeout: limit) == number + 1) }
    }

    /// A worker of this process that serves a queue of its own: it moves what is due in all queues it knows.
    /// Whether the first Python worker holds a call until its eta.
    private func isHeld(_ id: TaskID) -> String {
        "'\(id)' in repr(inspect(['\(fleet.pythonNode)'], timeout=10).scheduled())"
    }

    private func withSwiftMover(_ body: () async throws -> Void) async throws {
        let mover = try SwiftWorker("mover", redis: fleet.url, queues: ["celery-mover"], scratch: scratch)
        defer { mover.process.kill() }
        _ = try await mover.ready()
        try await waitUntil { try await python("redis.exists('celeriac.workers')") == 1 }
        try await body()
        // In order, so that it is known at once that it lives no more.
        try await app.control(to: [mover.node]).shutdown()
        try await mover.process.waitUntilGone()
    }
}
