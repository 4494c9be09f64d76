import CeleriacCore
import CeleriacWire
import Foundation
import RESPClient
import RedisKit

/// A message in the form in which it is written to a list or to the delayed messages.
struct PreparedMessage: Sendable {
    let id: TaskID
    let queue: QueueName
    /// The priority on the wire: 0 is served first.
    let priority: Int
    let raw: [UInt8]
    var isAtFront = false
    /// When the message is due, in microseconds since 1970; `nil` if at once.
    var due: Int64?
    /// Whether workers obey its eta, so that the waiting may be left to them.
    var isEtaInForce = false
    var unique: Claim?

    struct Claim: Sendable {
        let digest: String
        /// `<nonce>:<id>`.
        let holder: String
        let seconds: Int64
    }

    /// Whether a plain LPUSH is enough.
    var isPlain: Bool { unique == nil && due == nil && !isAtFront }

    /// Appends the nine words that the scripts' `publish` reads.
    func append(to words: inout RESPWords) {
        words.append(queue.rawValue)
        words.append(priority)
        words.append(raw)
        words.append(isAtFront ? 1 : 0)
        if let due { words.append(due) } else { words.append("") }
        words.append(unique?.digest ?? "")
        words.append(unique?.holder ?? "")
        words.append(unique?.seconds ?? 0)
        words.append(isEtaInForce ? 1 : 0)
    }
}

extension CallPriority {
    /// The priority in kombu's field and list step: 0 is served first. Without a priority it is Celery's default, 0.
    static func onWire(_ priority: CallPriority?) -> Int { priority?.onCelerysWire ?? 0 }
}

extension RedisStore {
    /// How long a unique key is kept after the time when its message is due, unless it is freed or renewed before.
    static let uniqueSpan = Duration.days(7)

    /// Prepares the message of a publication for one queue.
    ///
    /// - Parameters:
    ///   - route: its exchange and routing key, if it goes through one.
    ///   - entry: the entry of the schedule that it is a call of; `nil` if it is of none.
    func prepare(
        _ publication: Publication, to queue: QueueName, _ route: ExchangeRoute? = nil, entry: String? = nil
    ) -> PreparedMessage {
        let now = time.now
        let isLater = publication.notBefore.map { $0 > now } ?? false
        var tag = tags.next(publishedAt: now)
        tag.due = isLater ? publication.notBefore?.microseconds : nil
        // No worker would hold back a message without an eta, or with an earlier one.
        let etaIsHeeded = publication.notBefore.flatMap { due in publication.envelope.eta.map { $0 >= due } }
        tag.isEtaInForce = isLater && options.delays != .broker && etaIsHeeded == true
        tag.isAtFrontOnceDue = tag.isEtaInForce && publication.atFront
        tag.unique = publication.unique.map {
            .init(span: $0.span, digest: SHA1.digest(of: $0.key), nonce: tags.nonce())
        }
        tag.entry = entry.map { .init(digest: DeliveryTag.EntryHold.digest(of: $0), nonce: tags.nonce()) }
        var message = message(publication.envelope, tag, queue, route)
        message.isAtFront = publication.atFront
        if isLater && !(options.delays == .worker && tag.isEtaInForce) { message.due = tag.due }
        message.isEtaInForce = tag.isEtaInForce
        message.unique = tag.unique.map { hold in
            let wait = isLater ? max(publication.notBefore?.timeIntervalSince(now) ?? 0, 0) : 0
            return .init(
                digest: hold.digest, holder: "\(hold.nonce):\(publication.envelope.id)",
                seconds: Int64(Double(bounding: wait)) + Self.uniqueSpan.components.seconds)
        }
        return message
    }

    /// Prepares the message of a retry. It has its own tag, and holds the keys of the attempt before.
    func prepareRetry(_ envelope: Envelope, of held: Held, notBefore: Date?) -> PreparedMessage {
        let now = time.now
        var tag = tags.next(publishedAt: now)
        if let notBefore, notBefore > now { tag.due = notBefore.microseconds }
        let before = DeliveryTag(held.tag)
        if let hold = before?.unique, hold.span == .untilDone { tag.unique = hold }
        tag.entry = before?.entry
        var message = message(envelope, tag, held.queue, nil)
        message.due = tag.due
        return message
    }

    private func message(
        _ envelope: Envelope, _ tag: DeliveryTag, _ queue: QueueName, _ route: ExchangeRoute?
    ) -> PreparedMessage {
        let priority = CallPriority.onWire(envelope.askedPriority)
        let raw = KombuEnvelope.encode(
            envelope, deliveryTag: tag.text, exchange: route?.exchange ?? "",
            routingKey: route?.routingKey ?? queue.rawValue, priority: priority)
        return PreparedMessage(id: envelope.id, queue: queue, priority: priority, raw: raw)
    }
}
