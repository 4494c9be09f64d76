import Celeriac
import CeleriacCore
import CeleriacTesting
import Foundation
import Synchronization
import Testing

@Suite("Exchanges")
struct RouteTests {
    private let feeds = Exchange("feeds", .topic, bindings: [Exchange.Binding("europe", key: "feed.europe.#")])

    private func makeApp(_ broker: ExchangeDouble, _ change: (inout AppOptions) -> Void) throws -> TaskApp {
        var options = AppOptions(discoversTasks: false)
        change(&options)
        return try TaskApp(Backend(broker: broker, results: nil), options: options)
    }

    @Test("a route leads through an exchange; a queue that is asked for leads straight to it")
    func routes() async throws {
        let broker = ExchangeDouble()
        let app = try makeApp(broker) { options in
            options.routes = [
                TaskRoute("feed.*", through: ExchangeRoute(exchange: "feeds", routingKey: "feed.europe"))
            ]
        }
        try await app.send("feed.fetch")
        try await app.send("feed.fetch", options: CallOptions(queue: "mine"))
        let asked = ExchangeRoute(exchange: "other", routingKey: "key")
        try await app.send("mail.send", options: CallOptions(queue: "mine", route: asked))
        let properties = broker.publications.map(\.envelope.properties)
        #expect(properties.map(\.exchange) == ["feeds", nil, "other"])
        #expect(properties.map(\.routingKey) == ["feed.europe", nil, "key"])
        #expect(broker.publications.map(\.queue) == [.default, "mine", "mine"])
    }

    @Test("exchanges are declared once, before the first call is sent")
    func declares() async throws {
        let broker = ExchangeDouble()
        let app = try makeApp(broker) { $0.topology = Topology([feeds]) }
        #expect(broker.declared.isEmpty)
        try await app.send("a")
        try await app.send("b")
        #expect(broker.declared == [Topology([feeds])])
    }

    @Test("a worker declares the exchanges before it claims")
    func workerDeclares() async throws {
        let broker = ExchangeDouble()
        let app = try makeApp(broker) { $0.topology = Topology([feeds]) }
        try await Worker(app, options: WorkerOptions(burst: true)).run()
        #expect(broker.declared == [Topology([feeds])])
    }

    @Test("a broker without exchanges refuses routes and exchanges")
    func unsupported() async throws {
        let plain = try CeleriacTests.makeApp { $0.topology = Topology([feeds]) }
        let route = CallOptions(route: ExchangeRoute(exchange: "feeds"))
        for options in [CallOptions(), route] {
            let error = await #expect(throws: CeleriacError.self) { try await plain.send("x", options: options) }
            #expect(error?.code == .unsupported)
        }
        let error = await #expect(throws: CeleriacError.self) { try await Worker(plain).run() }
        #expect(error?.code == .unsupported)
    }

    @Test("exchanges say nothing of priorities: a canvas keeps its own, and a signature has the broker's count")
    func prioritiesOfACanvas() async throws {
        let broker = ExchangeDouble()
        let app = try TaskApp(Backend(broker: broker, results: nil), options: AppOptions(discoversTasks: false))
        let first = Signature<Int>("first", .none, options: CallOptions(priority: .critical))
        let second = Step<Int, Int>("second", options: CallOptions(priority: .low))
        try await app.send(chain(first, second))
        let sent = try #require(broker.publications.first)
        #expect(sent.envelope.priority == .critical)
        #expect(String(decoding: sent.envelope.body, as: UTF8.self).contains(#""priority":1"#))
    }
}

/// A broker with exchanges that remembers what it was given.
private final class ExchangeDouble: ExchangeBroker {
    private struct State {
        var publications: [Publication] = []
        var declared: [Topology] = []
    }

    let transport = "double"
    private let store = MemoryStore()
    private let state = Guarded(State())

    var traits: BrokerTraits { store.traits }
    var publications: [Publication] { state.withLock { $0.publications } }
    var declared: [Topology] { state.withLock { $0.declared } }

    func declare(_ topology: Topology) async throws { state.withLock { $0.declared.append(topology) } }

    func publish(_ publications: [Publication]) async throws -> PublishReport {
        state.withLock { $0.publications += publications }
        return try await store.publish(publications)
    }

    func withConsumer<Value: Sendable>(
        _ terms: ConsumerTerms, _ body: (any Consumer) async throws -> Value
    ) async throws -> Value {
        try await store.withConsumer(terms, body)
    }

    func purge(_ queue: QueueName) async throws -> Int { try await store.purge(queue) }
    func run() async throws { try await store.run() }
}
