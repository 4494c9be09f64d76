import AMQPClient
import CeleriacCore
import Foundation

/// A delivery that no worker gets now.
struct Refusal: Sendable {
    enum Reason: Sendable {
        /// It cannot be read.
        case unreadable(String)
        /// It waits for its eta: it comes from a program that leaves the waiting to workers, as Celery does.
        case early(until: Date)
    }

    let arrival: Arrival?
    let delivery: AMQPDelivery
    let session: Session
    let reason: Reason
}

extension RabbitMQStore {
    /// Decodes what has arrived.
    func sort(_ batch: [AMQPDelivery], _ session: Session) -> (arrivals: [Arrival], refusals: [Refusal]) {
        var arrivals: [Arrival] = []
        arrivals.reserveCapacity(batch.count)
        var refusals: [Refusal] = []
        let now = time.now
        for delivery in batch {
            do {
                let arrival = try arrival(delivery, session)
                guard let eta = eta(of: arrival), eta > now else {
                    arrivals.append(arrival)
                    continue
                }
                refusals.append(
                    Refusal(arrival: arrival, delivery: delivery, session: session, reason: .early(until: eta)))
            } catch {
                let reason = Refusal.Reason.unreadable("it cannot be read: \(error)")
                refusals.append(Refusal(arrival: nil, delivery: delivery, session: session, reason: reason))
            }
        }
        return (arrivals, refusals)
    }

    private func arrival(_ delivery: AMQPDelivery, _ session: Session) throws -> Arrival {
        if let defect = delivery.defect { throw CeleriacError(.malformedMessage, defect) }
        let envelope = try TaskMessage.envelope(
            of: delivery.properties, body: delivery.body, exchange: delivery.exchange, routingKey: delivery.routingKey,
            limits: options.limits)
        let count = DeliveryMarks.count(of: delivery.properties, isRedelivered: delivery.isRedelivered)
        return Arrival(delivery: delivery, session: session, envelope: envelope, count: count)
    }

    /// The time before which a message must not be served although it is in its queue. Messages of Python's have one,
    /// since Celery leaves the waiting to workers. Ours have waited in the levels, unless these cannot name the queue,
    /// or the delay was longer than the longest one of theirs.
    private func eta(of arrival: Arrival) -> Date? {
        guard let eta = arrival.envelope.eta else { return nil }
        let (delivery, headers) = (arrival.delivery, arrival.delivery.properties.headers)
        let isOurs = headers?["lang"]?.string == "swift" && !DeliveryMarks(of: headers).isHeldUntilEta
        guard isOurs else { return eta }
        let cameThroughLevels = delivery.exchange == DelayLevels.endExchange
        return cameThroughLevels && eta.timeIntervalSince(time.now) > 60 ? eta : nil
    }

    /// Whether a delivery that is given back counts as one more delivery: so it is on a quorum queue.
    func countsRequeues(of delivery: AMQPDelivery, _ session: Session) -> Bool {
        if session.ownQueue != nil { return false }
        return options.queueType == .quorum || delivery.properties.headers?["x-delivery-count"] != nil
    }

    /// Gives back arrivals that were not claimed. On a quorum queue a copy takes its place, so that it does not count
    /// as a delivery.
    func giveBack(_ arrivals: ArraySlice<Arrival>, of queue: QueueName) async {
        var copied: [Arrival] = []
        for arrival in arrivals {
            if countsRequeues(of: arrival.delivery, arrival.session) {
                copied.append(arrival)
            } else {
                giveBack(arrival)
            }
        }
        guard !copied.isEmpty else { return }
        let outcomes = await send(copied.map { copy(of: $0.delivery, to: queue, notBefore: nil) })
        for (arrival, outcome) in zip(copied, outcomes) {
            if case .success = outcome { try? arrival.session.ack([arrival.delivery]) } else { giveBack(arrival) }
        }
    }

    /// If the channel has ended, the server has taken it back already.
    private func giveBack(_ arrival: Arrival) { try? arrival.session.requeue(arrival.delivery) }
}
