import Celeriac
import CeleriacCore
import Foundation
import Testing

extension Interop.RabbitMQ {
    /// Headers exchanges and delivery modes, in both directions.
    @Suite("Headers exchanges and transient calls on RabbitMQ", .timeLimit(.minutes(15)))
    struct Headers {
        @Test(
            "a headers exchange that Swift has bound leads Python's call to Swift",
            arguments: RabbitMQFleet.Queues.allCases)
        func ofSwift(_ queues: RabbitMQFleet.Queues) async throws {
            let fleet = try RabbitMQFleet.with(queues)
            let broker = try #require(fleet.app.broker as? any ExchangeBroker)
            let match = HeaderMatch(.all, ["format": "pdf", "pages": 3, "urgent": true])
            try await broker.declare(
                Topology([Exchange("papers", .headers, bindings: [Exchange.Binding("celery", matching: match)])]))
            let seen = try await fleet.python(
                """
                from kombu import Exchange
                papers = Exchange('papers', type='headers')
                seen = call(swift.describe, exchange=papers, exchange_type='headers', routing_key='any', declare=[papers],
                            headers={'format': 'pdf', 'pages': 3, 'urgent': True})
                [seen[name] for name in ('queue', 'exchange', 'routing_key')] + [seen['extra']['pages']]
                """)
            #expect(seen == ["celery", "papers", "any", 3])
            // What fits nothing fails at its sender: Python's would not notice.
            let options = CallOptions(
                route: ExchangeRoute(exchange: "papers"), headers: ["format": "pdf", "pages": "3", "urgent": true])
            let error = await #expect(throws: BrokerError.self) {
                try await fleet.app.send("swift.describe", options: options)
            }
            #expect(error?.code == .refused)
        }

        @Test(
            "a headers exchange that Python has bound leads Swift's call to Python",
            arguments: RabbitMQFleet.Queues.allCases)
        func ofPython(_ queues: RabbitMQFleet.Queues) async throws {
            let fleet = try RabbitMQFleet.with(queues)
            try await fleet.python(
                """
                from kombu import Exchange
                with app.connection_for_write() as connection:
                    films = Exchange('films', type='headers')(connection.default_channel)
                    films.declare()
                    app.amqp.queues['python'](connection.default_channel).bind_to(
                        films, arguments={'x-match': 'any', 'genre': 'noir', 'year': 1941})
                """)
            func send(_ headers: JSONObject) async throws -> JSONValue {
                let options = CallOptions(route: ExchangeRoute(exchange: "films"), headers: headers)
                return try await fleet.app.send("py.request", options: options).get(timeout: .seconds(30))
            }
            let seen = try await send(["year": 1941, "genre": "comedy"])
            #expect(seen["delivery_info"]?["exchange"] == "films", "\(seen)")
            await #expect(throws: BrokerError.self) { try await send(["year": 1942]) }
        }

        @Test("a transient call arrives as such in the other language, and is retried as such")
        func transient() async throws {
            let fleet = try RabbitMQFleet.with(.plain)
            for (persistent, mode) in [(true, 2), (false, 1)] as [(Bool, Int64)] {
                let options = CallOptions(queue: "python", persistent: persistent)
                let seen = try await fleet.app.send("py.request", options: options).get(timeout: .seconds(30))
                #expect(seen["delivery_mode"] == .integer(mode))
            }
            let attempts = try await fleet.python("call(swift.flaky, kwargs={'failures': 1}, delivery_mode=1)")
            #expect(attempts == 2)
        }

        @Test("a transient call in a chain reaches Python as such")
        func transientInChain() async throws {
            let fleet = try RabbitMQFleet.with(.plain)
            let first = Signature<JSONValue>(
                "swift.echo", EncodedArguments(args: ["on"], kwargs: [:]), options: CallOptions(queue: "celery"))
            let second = Step<JSONValue, JSONValue>(
                "py.request", options: CallOptions(queue: "python", persistent: false))
            let seen = try await fleet.app.send(chain(first, second)).get(timeout: .seconds(30))
            #expect(seen["delivery_mode"] == 1)
        }
    }
}
