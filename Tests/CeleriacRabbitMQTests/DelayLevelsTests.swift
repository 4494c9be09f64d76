import Foundation
import Testing

@testable import AMQPClient
@testable import CeleriacCore
@testable import CeleriacRabbitMQ

@Suite("delay levels")
struct DelayLevelsTests {
    /// Names with dots, names that end in one another, and names that look like delays.
    private static let targets = ["mail", "x.mail", "a.x.mail", "mail.x", "0.mail", "1.0.mail", "a..b", ".mail", "häß"]

    private func topology(_ more: [Declaration] = []) -> Topology {
        Topology(
            DelayLevels.declarations(.quorum) + more
                + Self.targets.flatMap { [.queue($0, arguments: [:]), DelayLevels.binding(of: $0)] })
    }

    private func arrivals(_ queue: String, _ delay: Duration, _ topology: Topology) -> [String] {
        let message = DelayLevels.message(AMQPProperties(), body: [], to: queue, after: delay)
        return topology.arrivals(of: message).map { "\($0.queue) after \($0.seconds)" }
    }

    @Test("a message waits exactly its delay and reaches its own queue only")
    func everyDelay() {
        let topology = topology()
        let top = 1 << 27
        for seconds in Array(1...2000) + [top - 1, top, top + 1, 2 * top - 2, 2 * top - 1] {
            let queue = Self.targets[seconds % Self.targets.count]
            #expect(arrivals(queue, .seconds(seconds), topology) == ["\(queue) after \(seconds)"])
        }
        for queue in Self.targets { #expect(arrivals(queue, .seconds(5), topology) == ["\(queue) after 5"]) }
    }

    @Test("a delay of zero passes all levels at once, and no delay needs no levels")
    func noDelay() {
        let key = DelayLevels.routingKey(of: "mail", after: .zero)
        #expect(key == String(repeating: "0.", count: 28) + "mail")
        let message = AMQPMessage(exchange: DelayLevels.firstExchange, routingKey: key)
        #expect(topology().arrivals(of: message).map(\.seconds) == [0])
        #expect(arrivals("mail", .zero, topology()) == ["mail after 0"])
        #expect(arrivals("mail", .seconds(-5), topology()) == ["mail after 0"])
    }

    @Test("a delay is rounded up and never longer than all levels together")
    func rounding() {
        func seconds(_ delay: Duration) -> Int? {
            let digits = DelayLevels.routingKey(of: "q", after: delay).dropLast(2).filter { $0 != "." }
            return Int(digits, radix: 2)
        }
        #expect(seconds(.nanoseconds(1)) == 1)
        #expect(seconds(.milliseconds(1000)) == 1)
        #expect(seconds(.milliseconds(1001)) == 2)
        #expect(seconds(.milliseconds(-1500)) == 0)
        let longest = (1 << 28) - 1
        #expect(DelayLevels.longest == longest)
        #expect(seconds(.seconds(longest - 1) + .milliseconds(1)) == longest)
        for delay: Duration in [.seconds(longest), .seconds(longest + 1), .seconds(Int64.max)] {
            #expect(seconds(delay) == longest)
        }
        #expect(seconds(.seconds(Int64.min)) == 0)
    }

    @Test("the target is what follows the digits")
    func targets() {
        for target in Self.targets {
            #expect(DelayLevels.target(of: DelayLevels.routingKey(of: target, after: .seconds(90))) == target)
        }
        for key in [
            "", "mail", "0.1.mail", String(repeating: "0.", count: 27) + "mail", String(repeating: "2.", count: 28),
        ] {
            #expect(DelayLevels.target(of: key) == nil)
        }
    }

    @Test("a queue beside Celery's topic exchange of the same name receives a message once")
    func besideCelery() {
        let celery: [Declaration] =
            [.exchange("mail", .topic)] + DelayLevels.bindings(of: "mail", on: "mail", routingKey: "mail")
        #expect(arrivals("mail", .seconds(3), topology(celery)) == ["mail after 3"])
    }

    @Test("names that are too long or that are patterns cannot be targets")
    func impossibleTargets() {
        for queue in Self.targets + ["a*", "#x.y", "**", String(repeating: "x", count: 199)] {
            #expect(DelayLevels.canTarget(queue), "\(queue)")
            #expect(DelayLevels.routingKey(of: queue, after: .seconds(1)).utf8.count <= 255)
        }
        for queue in ["", "*", "#", "a.*", "#.mail", "a.#.b", "a\0b", String(repeating: "x", count: 200)] {
            #expect(!DelayLevels.canTarget(queue), "\(queue)")
        }
    }

    @Test("the levels are declared as Celery declares them, in its order")
    func recordedDeclarations() throws {
        let recorded = try Declaration.recorded(in: "native-delayed-declarations")
        let own = DelayLevels.declarations(.quorum) + DelayLevels.bindings(of: "qq", on: "qq", routingKey: "qq")
        #expect(own == recorded)
        let kept = try Declaration.recorded(in: "quorum-worker-startup", "delay_levels_kept")
        let whole = DelayLevels.declarations(.quorum) + DelayLevels.bindings(of: "jobs", on: "jobs", routingKey: "jobs")
        #expect(kept.count >= 15)
        #expect(kept.allSatisfy { whole.contains($0) })
    }

    @Test("classic levels have Celery's arguments for classic queues")
    func classicDeclarations() throws {
        let arguments = DelayLevels.declarations(.plain).compactMap { declaration -> AMQPTable? in
            if case .queue(_, let arguments) = declaration { arguments } else { nil }
        }
        #expect(arguments.count == 28)
        for (place, arguments) in arguments.enumerated() {
            let next = place < 27 ? "celery_delayed_\(26 - place)" : "celery_delayed_delivery"
            #expect(
                arguments == [
                    "x-queue-type": "classic", "x-overflow": "reject-publish",
                    "x-message-ttl": .integer(Int64(1) << (27 - place) * 1000),
                    "x-dead-letter-exchange": .string(next),
                ])
        }
    }

    @Test("the recorded routing key of Celery is ours")
    func recordedKey() throws {
        let message = try #require(RecordedMessage.calls.first { $0.recording == "native-delayed-publish" })
        #expect(message.exchange == DelayLevels.firstExchange)
        #expect(message.routingKey == DelayLevels.routingKey(of: "qq", after: .seconds(90)))
    }
}
