import CeleriacCore
import CeleriacWire
import Foundation
import RESPClient
import RedisKit

/// A settlement whose messages and result are encoded: the words that the script SETTLE reads for one delivery.
struct PreparedSettlement: Sendable {
    enum Kind: Sendable {
        /// The delivery is done, and nothing follows from it but an optional result.
        case plain(PreparedResult?)
        case other(RESPWords)
    }

    let held: Held
    let kind: Kind
    /// The queues that receive messages.
    let queues: Set<QueueName>
    /// Whether the message becomes a dead letter.
    var isParking = false
}

/// A result in the form in which the scripts write it.
struct PreparedResult: Sendable {
    let key: String
    let state: String
    let document: [UInt8]
    /// How many milliseconds it is kept; "" if forever. See `Scripts/Fragments/recording.lua`.
    let span: String

    func append(to words: inout RESPWords) {
        words.append(key)
        words.append(state)
        words.append(document)
        words.append(span)
    }
}

extension RedisStore {
    /// - Parameter continuation: the encoded messages of the completion's continuation.
    func prepare(_ completion: Completion, of held: Held, continuation: [PreparedMessage]) -> PreparedSettlement {
        let settlement = completion.settlement
        let isAlone = continuation.isEmpty && completion.failed.isEmpty && completion.chordSteps.isEmpty
        if case .ack = settlement, isAlone, !DeliveryTag.holdsKey(held.tag) {
            return PreparedSettlement(held: held, kind: .plain(completion.change.map(prepare)), queues: [])
        }
        var words = words(for: settlement, of: held)
        append((completion.change.map { [$0] } ?? []) + completion.failed, to: &words)
        append(completion.chordSteps, to: &words)
        words.append(continuation.count)
        for message in continuation { message.append(to: &words) }
        var queues = Set(continuation.map(\.queue))
        if settlement.isPuttingBack { queues.insert(held.queue) }
        var prepared = PreparedSettlement(held: held, kind: .other(words), queues: queues)
        if case .deadLetter = settlement { prepared.isParking = true }
        return prepared
    }

    /// Prepares a settlement of the consumer's own, without a result or a continuation.
    func prepare(_ settlement: Settlement, of held: Held) -> PreparedSettlement {
        prepare(Completion(receipt: held.receipt, settlement: settlement), of: held, continuation: [])
    }

    /// Appends what the scripts' `record_all` reads.
    func append(_ changes: [StateChange], to words: inout RESPWords) {
        words.append(changes.count)
        for change in changes { prepare(change).append(to: &words) }
    }

    private func words(for settlement: Settlement, of held: Held) -> RESPWords {
        switch settlement {
        case .ack: return ["a"]
        case .release(let notBefore): return ["r", due(notBefore)]
        case .retry(let envelope, let notBefore):
            let message = prepareRetry(envelope, of: held, notBefore: notBefore)
            return ["t", message.priority, message.raw, due(notBefore)]
        case .deadLetter(let reason): return ["d", held.id.rawValue, reason]
        }
    }

    private func due(_ instant: Date?) -> String { instant.map { String($0.microseconds) } ?? "" }

    func prepare(_ change: StateChange) -> PreparedResult {
        let result = WrittenResult(
            change, isExtended: options.extendedResults, processID: Self.processID, as: resultFormats.written)
        return PreparedResult(
            key: keys.result(change.record.id), state: result.state.rawValue, document: result.bytes,
            span: span(until: change.expires))
    }

    /// The worker's process ID: the process that records a start also runs the task.
    private static let processID = ProcessInfo.processInfo.processIdentifier

    /// Returns how many milliseconds something is kept; "" if forever. What has expired already is deleted at once.
    ///
    /// Long spans are rounded up to whole seconds, as in Celery, so that results that end together have the same span.
    func span(until expires: Date?) -> String {
        if hasInjectedTime {
            return "@\(time.now.microseconds):\(expires.map { String($0.microseconds) } ?? "")"
        }
        guard let expires else { return "" }
        let seconds = Double(bounding: expires.timeIntervalSince(time.now))
        guard seconds < 60 else { return String(Int64(seconds.rounded(.up)) * 1000) }
        return String(max(1, Int64((seconds * 1000).rounded(.up))))
    }
}

extension Settlement {
    /// Whether the message, or its next attempt, returns to its queue.
    fileprivate var isPuttingBack: Bool {
        switch self {
        case .release, .retry: true
        case .ack, .deadLetter: false
        }
    }
}
