import AMQPClient
import CeleriacCore
import Foundation

extension RabbitMQStore {
    /// - Throws: ``CeleriacError`` with code `tooLarge`.
    func outgoing(_ publication: Publication) throws -> Outgoing {
        let (envelope, queue) = (publication.envelope, publication.queue)
        if let message = try WholeMessage.message(in: envelope, to: queue, now: time.now) {
            return Outgoing(way: .queue, queue: queue, message: message)
        }
        guard let exchange = envelope.exchange, !exchange.isEmpty else {
            return try outgoing(envelope, to: queue, notBefore: publication.notBefore)
        }
        // The levels lead to one queue, and the exchange to several.
        let early = publication.notBefore.flatMap { $0 > time.now ? $0 : nil }
        let properties = try properties(of: envelope, heldUntil: early)
        let message = AMQPMessage(
            exchange: exchange, routingKey: envelope.routingKey ?? "", properties: properties, body: envelope.body)
        return Outgoing(way: .exchange, queue: queue, message: message)
    }

    /// A call for a queue, at once or later.
    ///
    /// - Parameter own: the queue of a consumer of a broadcast, for a call that goes back to it.
    func outgoing(
        _ envelope: Envelope, to queue: QueueName, own: String? = nil, notBefore: Date?
    ) throws -> Outgoing {
        let delay = delay(until: notBefore, in: queue, own)
        let properties = try properties(of: envelope, heldUntil: delay == .unreachable ? notBefore : nil)
        let message = DelayLevels.message(
            properties, body: envelope.body, to: own ?? queue.rawValue, after: delay.duration)
        return Outgoing(way: own == nil ? delay.way : .ownQueue, queue: queue, message: message)
    }

    /// - Parameter date: the time until which the worker that takes the call holds it; `nil` if it need not.
    private func properties(of envelope: Envelope, heldUntil date: Date?) throws -> AMQPProperties {
        guard let date else { return try TaskMessage.properties(of: envelope, now: time.now) }
        var marks = DeliveryMarks()
        marks.isHeldUntilEta = true
        return try TaskMessage.properties(of: envelope.with { $0.eta = date }, marks: marks, now: time.now)
    }

    /// The same message again, for the same queue, at once or later.
    ///
    /// - Parameter own: as ``outgoing(_:to:own:notBefore:)``.
    func copy(of delivery: AMQPDelivery, to queue: QueueName, own: String? = nil, notBefore: Date?) -> Outgoing {
        let delay = delay(until: notBefore, in: queue, own)
        var properties = delivery.properties
        var marks = DeliveryMarks(of: properties.headers)
        marks.isHeldUntilEta = delay == .unreachable
        marks.renewal = nil
        if marks.isHeldUntilEta, let notBefore { properties.headers?["eta"] = .string(ISODate.text(notBefore)) }
        let copy = MessageCopy(of: properties, body: delivery.body, marks: marks, now: time.now)
        return Outgoing(
            way: own == nil ? delay.way : .ownQueue, queue: queue,
            message: copy.message(to: own ?? queue.rawValue, after: delay.duration))
    }

    /// The message as a dead letter.
    func parked(_ delivery: AMQPDelivery, of queue: QueueName, _ reason: String) -> Outgoing {
        let mark = DeathMark(reason: reason, queue: queue.rawValue, diedAt: time.now)
        let copy = MessageCopy(of: delivery.properties, body: delivery.body, now: time.now)
        return Outgoing(
            way: .deadQueue, queue: queue, message: copy.letter(mark, to: QueueDeclaration.deadQueue(of: queue)))
    }

    /// The message as a dead letter of another store.
    ///
    /// - Throws: ``CeleriacError`` for a message that is too large for that.
    func unreadable(_ delivery: AMQPDelivery, of queue: QueueName, _ reason: String) throws -> UnreadableMessage {
        let id = TaskMessage.taskID(of: delivery.properties, body: delivery.body)
        let envelope = try WholeMessage.envelope(
            of: delivery.properties, body: delivery.body, id ?? .random(), limits: options.limits)
        return UnreadableMessage(
            DeadLetter(envelope: envelope, queue: queue, reason: reason, diedAt: time.now), callID: id)
    }

    // MARK: Delays

    private enum Delay: Equatable {
        case none
        case levels(Duration)
        /// There is a delay, but the levels do not lead to the queue.
        case unreachable

        var duration: Duration { if case .levels(let duration) = self { duration } else { .zero } }
        var way: Outgoing.Way { duration > .zero ? .levels : .queue }
    }

    private func delay(until date: Date?, in queue: QueueName, _ own: String?) -> Delay {
        guard let seconds = date?.timeIntervalSince(time.now), seconds > 0 else { return .none }
        return own == nil && DelayLevels.canTarget(queue.rawValue) ? .levels(.bounded(seconds: seconds)) : .unreachable
    }
}
