import AMQPClient
import CeleriacCore
import Foundation

extension RabbitMQStore {
    /// - Throws: ``CeleriacError`` with code `tooLarge`.
    func outgoing(_ publication: Publication) throws -> Outgoing {
        let (envelope, queue) = (publication.envelope, publication.queue)
        guard let exchange = envelope.exchange, !exchange.isEmpty else {
            return try outgoing(envelope, to: queue, notBefore: publication.notBefore)
        }
        let properties = try TaskMessage.properties(of: envelope, now: time.now)
        let message = AMQPMessage(
            exchange: exchange, routingKey: envelope.routingKey ?? "", properties: properties, body: envelope.body)
        return Outgoing(way: .exchange, queue: queue, message: message)
    }

    /// A call for a queue, at once or later.
    func outgoing(_ envelope: Envelope, to queue: QueueName, notBefore: Date?) throws -> Outgoing {
        let delay = delay(until: notBefore, in: queue)
        var marks = DeliveryMarks()
        marks.isHeldUntilEta = delay == .unnameable
        let envelope = marks.isHeldUntilEta ? envelope.with { $0.eta = notBefore } : envelope
        let properties = try TaskMessage.properties(of: envelope, marks: marks, now: time.now)
        let message = DelayLevels.message(properties, body: envelope.body, to: queue.rawValue, after: delay.duration)
        return Outgoing(way: delay.way, queue: queue, message: message)
    }

    /// The same message again, for the same queue, at once or later.
    func copy(of delivery: AMQPDelivery, to queue: QueueName, notBefore: Date?) -> Outgoing {
        let delay = delay(until: notBefore, in: queue)
        var properties = delivery.properties
        var marks = DeliveryMarks(of: properties.headers)
        marks.isHeldUntilEta = delay == .unnameable
        marks.renewal = nil
        if marks.isHeldUntilEta, let notBefore { properties.headers?["eta"] = .string(ISODate.text(notBefore)) }
        let copy = MessageCopy(of: properties, body: delivery.body, marks: marks, now: time.now)
        return Outgoing(
            way: delay.way, queue: queue, message: copy.message(to: queue.rawValue, after: delay.duration))
    }

    /// The message as a dead letter.
    func parked(_ delivery: AMQPDelivery, of queue: QueueName, _ reason: String) -> Outgoing {
        let mark = DeathMark(reason: reason, queue: queue.rawValue, diedAt: time.now)
        let copy = MessageCopy(of: delivery.properties, body: delivery.body, now: time.now)
        return Outgoing(
            way: .deadQueue, queue: queue, message: copy.letter(mark, to: QueueDeclaration.deadQueue(of: queue)))
    }

    // MARK: Delays

    private enum Delay: Equatable {
        case none
        case levels(Duration)
        /// There is a delay, but the levels cannot name the queue.
        case unnameable

        var duration: Duration { if case .levels(let duration) = self { duration } else { .zero } }
        var way: Outgoing.Way { duration > .zero ? .levels : .queue }
    }

    private func delay(until date: Date?, in queue: QueueName) -> Delay {
        guard let seconds = date?.timeIntervalSince(time.now), seconds > 0 else { return .none }
        return DelayLevels.canTarget(queue.rawValue) ? .levels(.bounded(seconds: seconds)) : .unnameable
    }
}
