import Foundation
import Testing

@testable import AMQPClient
@testable import CeleriacCore
@testable import CeleriacRabbitMQ

@Suite("declarations of queues")
struct QueueDeclarationTests {
    @Test("a queue is declared as Celery's producers declare it")
    func plain() throws {
        let recorded = try Declaration.recorded(in: "session-first-publish", "frames")
        let own = QueueDeclaration.declarations(of: "celery", .plain)
        #expect(own == recorded.filter { $0.isAbout("celery") })
    }

    @Test("a quorum queue has Celery's arguments")
    func quorum() throws {
        let recorded = try Declaration.recorded(in: "quorum-worker-startup")
        let own = QueueDeclaration.declarations(of: "jobs", .quorum)
        #expect(recorded.contains(own[1]))
        #expect(recorded.contains(own[2]))
        // The recorded worker was configured with a topic exchange.
        #expect(own[0] == .exchange("jobs", .direct))
    }

    @Test("the queue of dead letters is named after the queue")
    func deadQueues() throws {
        #expect(QueueDeclaration.deadQueue(of: "mail") == "mail.dead")
        #expect(
            QueueDeclaration.deadLetterDeclarations(of: "mail", .quorum)
                == [.queue("mail.dead", arguments: ["x-queue-type": "quorum"])])
    }

    @Test("names of dead letter queues are never too long and differ for different queues")
    func longNames() throws {
        var names: Set<String> = []
        for length in 200...255 {
            for letter in ["x", "ä", "日"] {
                let text = String(repeating: letter, count: length / letter.utf8.count)
                let name = QueueDeclaration.deadQueue(of: try QueueName(text))
                #expect(name.utf8.count <= 255)
                #expect(name.hasSuffix(".dead"))
                names.insert(name)
            }
        }
        #expect(names.count == 56 + 28 + 20)
        let whole = String(repeating: "x", count: 250)
        #expect(QueueDeclaration.deadQueue(of: try QueueName(whole)) == whole + ".dead")
    }
}

extension Declaration {
    /// The declarations of a recording that the client sent and that are durable, in their order.
    static func recorded(in recording: String, _ member: String = "declarations") throws -> [Declaration] {
        let whole = try #require(Recordings.all[recording] as? [String: Any])
        return try #require(whole[member] as? [[String: Any]]).compactMap { Declaration(recorded: $0) }
    }

    private init?(recorded frame: [String: Any]) {
        func text(_ name: String) -> String { frame[name] as? String ?? "" }
        let arguments = (frame["arguments"] as? [String: Any]) ?? [:]
        guard frame["from"] as? String == "client", let method = frame["method"] as? String else { return nil }
        if method.hasSuffix(".declare"), frame["durable"] as? Bool != true || frame["auto_delete"] as? Bool != false {
            return nil
        }
        switch method {
        case "exchange.declare": self = .exchange(text("exchange"), AMQPExchangeType(rawValue: text("type")))
        case "queue.declare": self = .queue(text("queue"), arguments: AMQPTable(recorded: arguments))
        case "queue.bind":
            self = .queueBinding(queue: text("queue"), exchange: text("exchange"), routingKey: text("routing_key"))
        case "exchange.bind":
            self = .exchangeBinding(
                destination: text("destination"), source: text("source"), routingKey: text("routing_key"))
        default: return nil
        }
    }

    fileprivate func isAbout(_ queue: String) -> Bool {
        switch self {
        case .exchange(let name, _), .queue(let name, _), .queueBinding(let name, _, _): name == queue
        case .exchangeBinding: false
        }
    }
}

extension AMQPTable {
    /// Recorded arguments have no order; ours have the order of Celery's code.
    fileprivate init(recorded arguments: [String: Any]) {
        let order = ["x-queue-type", "x-overflow", "x-message-ttl", "x-dead-letter-exchange", "x-dead-letter-strategy"]
        self.init(
            arguments.sorted { order.firstIndex(of: $0.key) ?? 0 < order.firstIndex(of: $1.key) ?? 0 }.map {
                name, value in
                (name, (value as? String).map { .string($0) } ?? .integer((value as? NSNumber)?.int64Value ?? 0))
            })
    }
}
