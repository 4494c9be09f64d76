import AMQPClient
import CeleriacCore
import RabbitMQUnderTest
import Testing

@testable import CeleriacRabbitMQ

@Suite(
    "Headers exchanges of RabbitMQ", .enabled(if: RabbitMQServer.isExpected, "rabbitmq-server is not installed"),
    .timeLimit(.minutes(15))
)
struct HeadersExchangeTests {
    private static let bindings: [Exchange.Binding] = [
        .init("all", matching: HeaderMatch(.all, ["format": "pdf", "pages": 3, "urgent": true])),
        .init("any", matching: HeaderMatch(.any, ["format": "pdf", "pages": 3])),
        .init("all-x", matching: HeaderMatch(.allWithX, ["format": "pdf", "x-shop": "eu"])),
        .init("any-x", matching: HeaderMatch(.anyWithX, ["pages": 9, "x-shop": "eu"])),
    ]

    @Test("each rule leads a call to its queue if the headers fit, by name, value and type")
    func rules() async throws {
        let cases: [(headers: JSONObject, queues: Set<QueueName>)] = [
            (["format": "pdf", "pages": 3, "urgent": true], ["all", "any"]),
            (["format": "pdf", "pages": 3, "urgent": false], ["any"]),
            (["format": "pdf", "x-shop": "eu"], ["any", "all-x", "any-x"]), (["pages": 9], ["any-x"]),
            (["pages": "3"], []), (["format": "png"], []), ([:], []),
        ]
        try await VirtualHosts.withStore { store in
            try await store.declare(Topology([Exchange("papers", .headers, bindings: Self.bindings)]))
            let calls = cases.enumerated().map { place, item in
                Publication.sample(TaskID("\(place)"), route: .init(exchange: "papers"), headers: item.headers)
            }
            let report = try await store.publish(calls)
            // A call that no queue fits is not taken.
            #expect(Set(report.untaken.keys) == ["4", "5", "6"])
            for binding in Self.bindings {
                let fitting = cases.indices.filter { cases[$0].queues.contains(binding.queue) }.map { TaskID("\($0)") }
                try await store.consume(binding.queue) { consumer in
                    var found: [TaskID] = []
                    while found.count < fitting.count {
                        let delivery = try await consumer.claim(binding.queue)
                        found.append(delivery.id)
                        #expect(try await consumer.settle(delivery, .ack) == [])
                    }
                    #expect(Set(found) == Set(fitting), "\(binding.queue)")
                    #expect(try await consumer.next(upTo: 1, from: [binding.queue], wait: false).isEmpty)
                }
            }
        }
    }

    @Test("a headers exchange may be declared again, and a binding without a match takes every call")
    func unmatched() async throws {
        try await VirtualHosts.withStore { store in
            for _ in 0..<2 {
                try await store.declare(Topology([Exchange("everything", .headers, bindings: [.init("archive")])]))
            }
            try await store.publish([.sample("a", route: .init(exchange: "everything"))])
            #expect(try await store.counts(of: "archive").ready == 1)
        }
    }

    @Test(
        "a match that the server would take for another is refused, and nothing is declared",
        arguments: [
            (Exchange.Kind.topic, HeaderMatch(.all, ["a": "b"]), "only those of kind headers compare headers"),
            (.headers, HeaderMatch(.all, ["x-shop": "eu"]), "use all-with-x"),
            (.headers, HeaderMatch(.anyWithX, ["x-match": "all"]), "x-match is the rule"),
            (.headers, HeaderMatch(.any, ["": 1]), "1 to 255 bytes"),
            (.headers, HeaderMatch(.any, [String(repeating: "a", count: 256): 1]), "1 to 255 bytes"),
        ])
    func refused(kind: Exchange.Kind, match: HeaderMatch, reason: String) async throws {
        try await VirtualHosts.withStore { store in
            let error = await #expect(throws: BrokerError.self) {
                try await store.declare(
                    Topology([
                        Exchange("first", .direct, bindings: [.init("queue", key: "queue")]),
                        Exchange("second", kind, bindings: [.init("queue", matching: match)]),
                    ]))
            }
            #expect(error?.code == .refused)
            #expect(error?.message.contains(reason) == true, "\(error?.message ?? "no error")")
            await #expect(throws: (any Error).self) {
                try await store.publishing.onChannel { try await $0.checkExchange("first") }
            }
        }
    }
}
