import Celeriac
import CeleriacCore
import Foundation
import Testing

extension Interop.RabbitMQ {
    /// Exchanges of both languages, and a worker whose tasks run in child processes.
    @Suite("Exchanges and child processes on RabbitMQ", .timeLimit(.minutes(15)))
    struct Routing {
        @Test(
            "a topic exchange that Swift has bound leads Python's call to Swift",
            arguments: RabbitMQFleet.Queues.allCases)
        func topicOfSwift(_ queues: RabbitMQFleet.Queues) async throws {
            let fleet = try RabbitMQFleet.with(queues)
            let broker = try #require(fleet.app.broker as? any ExchangeBroker)
            try await broker.declare(
                Topology([Exchange("sports", .topic, bindings: [Exchange.Binding("celery", key: "sports.#")])]))
            let seen = try await fleet.python(
                """
                from kombu import Exchange
                sports = Exchange('sports', type='topic')
                seen = call(swift.describe, exchange=sports, routing_key='sports.ball.foot', declare=[sports])
                [seen[name] for name in ('queue', 'exchange', 'routing_key')]
                """)
            #expect(seen == ["celery", "sports", "sports.ball.foot"])
        }

        @Test(
            "a topic exchange that Python has bound leads Swift's call to Python",
            arguments: RabbitMQFleet.Queues.allCases)
        func topicOfPython(_ queues: RabbitMQFleet.Queues) async throws {
            let fleet = try RabbitMQFleet.with(queues)
            try await fleet.python(
                """
                from kombu import Exchange
                with app.connection_for_write() as connection:
                    weather = Exchange('weather', type='topic')(connection.default_channel)
                    weather.declare()
                    app.amqp.queues['python'](connection.default_channel).bind_to(weather, routing_key='weather.*')
                """)
            let route = ExchangeRoute(exchange: "weather", routingKey: "weather.north")
            let seen = try await fleet.app.send("py.request", options: CallOptions(route: route))
                .get(timeout: .seconds(30))
            #expect(seen["delivery_info"]?["exchange"] == "weather", "\(seen)")
            #expect(seen["delivery_info"]?["routing_key"] == "weather.north")
        }

        @Test("a broadcast of Python reaches each Swift worker once", arguments: RabbitMQFleet.Queues.allCases)
        func broadcastOfPython(_ queues: RabbitMQFleet.Queues) async throws {
            let fleet = try RabbitMQFleet.with(queues)
            try await fleet.python(
                """
                from kombu import Exchange
                everyone = Exchange('everyone', type='fanout')
                swift.note.apply_async((scratch('of-python'), 'heard'), exchange='everyone', exchange_type='fanout',
                                       routing_key='celery', declare=[everyone])
                """)
            try await expectTwo(fleet, "of-python")
        }

        @Test("a broadcast of Swift reaches each Swift worker once", arguments: RabbitMQFleet.Queues.allCases)
        func broadcastOfSwift(_ queues: RabbitMQFleet.Queues) async throws {
            let fleet = try RabbitMQFleet.with(queues)
            try await fleet.app.send(
                "swift.note", args: [.string(fleet.scratch.path("of-swift")), "heard"],
                options: CallOptions(route: .broadcast("everyone"), ignoreResult: true))
            try await expectTwo(fleet, "of-swift")
        }

        @Test("a countdown of Swift's through a topic exchange is waited for")
        func delayedTopicOfSwift() async throws {
            try await RabbitMQFleet.withEach { fleet in
                let broker = try #require(fleet.app.broker as? any ExchangeBroker)
                try await broker.declare(
                    Topology([Exchange("slow", .topic, bindings: [Exchange.Binding("celery", key: "slow.#")])]))
                let options = CallOptions(
                    route: ExchangeRoute(exchange: "slow", routingKey: "slow.boat"), countdown: .milliseconds(800))
                let sent = Date()
                let seen = try await fleet.app.send("swift.describe", options: options).get(timeout: .seconds(30))
                #expect(Date().timeIntervalSince(sent) >= 0.8, "\(fleet.queues): \(seen)")
            }
        }

        @Test("a countdown of Python's through a topic exchange that only Swift workers serve is waited for")
        func delayedTopicOfPython() async throws {
            try await RabbitMQFleet.withEach { fleet in
                let broker = try #require(fleet.app.broker as? any ExchangeBroker)
                try await broker.declare(
                    Topology([Exchange("late", .topic, bindings: [Exchange.Binding("celery", key: "late.#")])]))
                // Where Celery knows a quorum queue, it sends the call through the levels, else straight to the exchange.
                let waited = try await fleet.python(
                    """
                    from kombu import Exchange, Queue
                    arguments = app.amqp.queues['celery'].queue_arguments
                    late = Queue('celery', Exchange('late', type='topic'), 'late.train', queue_arguments=arguments)
                    sent = time.time()
                    seen = call(swift.describe, queue=late, countdown=1)
                    seen['started'] >= sent + 1 or seen
                    """)
                #expect(waited == true, "\(fleet.queues)")
            }
        }

        @Test("a broadcast with a countdown reaches each Swift worker once, at its time")
        func delayedBroadcast() async throws {
            try await RabbitMQFleet.withEach { fleet in
                let sent = Date()
                try await fleet.app.send(
                    "swift.note", args: [.string(fleet.scratch.path("late-of-swift")), "heard"],
                    options: CallOptions(
                        route: .broadcast("everyone"), countdown: .milliseconds(600), ignoreResult: true))
                try await expectTwo(fleet, "late-of-swift")
                #expect(Date().timeIntervalSince(sent) >= 0.6, "\(fleet.queues)")
                try await fleet.python(
                    """
                    swift.note.apply_async((scratch('late-of-python'), 'heard'), exchange='everyone', exchange_type='fanout',
                                           routing_key='celery', eta=datetime.datetime.now(datetime.timezone.utc)
                                           + datetime.timedelta(seconds=0.3))
                    """)
                try await expectTwo(fleet, "late-of-python")
            }
        }

        @Test("a broadcast that fails is tried again by its worker")
        func retriedBroadcast() async throws {
            try await RabbitMQFleet.withEach { fleet in
                let flaky = Signature<Int>(
                    "swift.flaky", EncodedArguments(args: [], kwargs: ["failures": 2]),
                    options: CallOptions(route: .broadcast("everyone")))
                let attempts = try await fleet.app.send(flaky).get(timeout: .seconds(30))
                #expect(attempts == 3, "\(fleet.queues)")
            }
        }

        @Test("tasks run in child processes, whose crash ends only themselves")
        func childProcesses() async throws {
            let seen = try await RabbitMQFleet.with(.plain).python(
                """
                def pooled(task, *args, **options):
                    return task.apply_async(args, queue='pooled', **options)
                before = [pooled(swift.add, n, 1).get(timeout=20) for n in range(4)]
                crashes = [raised(pooled(swift.trap, 7))[1], raised(pooled(swift.exit, 3))[1]]
                later = pooled(swift.describe, countdown=0.3).get(timeout=20)['queue']
                [before, crashes, later, pooled(swift.add, 2, 2).get(timeout=20)]
                """)
            #expect(seen == [[1, 2, 3, 4], ["WorkerLostError", "WorkerLostError"], "pooled", 4])
        }

        private func expectTwo(_ fleet: RabbitMQFleet, _ file: String) async throws {
            try await waitUntil { fleet.scratch.lines(file) == ["heard", "heard"] }
            // A third copy would have reached its worker before these calls.
            #expect(
                try await fleet.python("[call(swift.add, 1, 2), call(swift.add, 1, 2, queue='pooled')]") == [3, 3])
            #expect(fleet.scratch.lines(file) == ["heard", "heard"])
        }
    }
}
