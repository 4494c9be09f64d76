import CeleriacCore
import CeleriacWire
import Foundation
import RESPClient
import RedisKit

/// A settlement whose messages and result are encoded: what the script SETTLE reads of one delivery.
struct PreparedSettlement: Sendable {
    enum Kind: Sendable {
        /// Done, and nothing comes of it but, perhaps, a result.
        case plain(PreparedResult?)
        case other(RESPWords)
    }

    let held: Held
    let kind: Kind
    /// The queues in which something comes to lie.
    let queues: Set<QueueName>
    /// Whether the message becomes a dead letter.
    var isParking = false
}

/// A result as the scripts write it.
struct PreparedResult: Sendable {
    let key: String
    let state: String
    let document: [UInt8]
    /// For how many milliseconds it is kept, or "" for forever; see `Scripts/Fragments/recording.lua`.
    let span: String

    func append(to words: inout RESPWords) {
        words.append(key)
        words.append(state)
        words.append(document)
        words.append(span)
    }
}

extension RedisStore {
    /// - Parameter continuation: the completion's, encoded.
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

    /// Those that are put back by the consumer itself.
    func prepare(_ settlement: Settlement, of held: Held) -> PreparedSettlement {
        prepare(Completion(receipt: held.receipt, settlement: settlement), of: held, continuation: [])
    }

    /// What the scripts' `record_all` reads.
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
        let (state, document) = stateAndDocument(of: change)
        return PreparedResult(
            key: keys.result(change.record.id), state: state.rawValue, document: document,
            span: span(until: change.expires))
    }

    /// Of the worker: who records a start is who runs it.
    private static let processID = ProcessInfo.processInfo.processIdentifier

    /// A result as Celery writes it, in the format of the app's results.
    ///
    /// What that format has no word for is a failure, as in Celery.
    private func stateAndDocument(of change: StateChange) -> (TaskState, [UInt8]) {
        let document = resultDocument(of: change)
        guard let coder = resultFormats.written.coder else { return (change.record.state, document) }
        do {
            return (change.record.state, try coder.bytes(ofJSON: document))
        } catch {
            let failed = change.unwritable(because: error)
            let document = resultDocument(of: failed)
            return (failed.record.state, (try? coder.bytes(ofJSON: document)) ?? document)
        }
    }

    private func resultDocument(of change: StateChange) -> [UInt8] {
        ResultDocument.encode(change, isExtended: options.extendedResults, processID: Self.processID)
    }

    /// For how many milliseconds something is kept; "" = for ever. What is over already is gone at once.
    ///
    /// What is kept for long is kept for whole seconds, as by Celery: so results that end together have one span.
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

extension StateChange {
    /// The failure of a call whose result cannot be written; the type is the one that Celery raises.
    fileprivate func unwritable(because error: any Error) -> StateChange {
        var failed = self
        failed.record.state = .failure
        failed.record.result = nil
        failed.record.meta = nil
        failed.record.failure = TaskFailure(type: "EncodeError", module: "kombu.exceptions", message: "\(error)")
        return failed
    }
}

extension Settlement {
    /// Whether the message, or its next attempt, comes to lie in its queue again.
    fileprivate var isPuttingBack: Bool {
        switch self {
        case .release, .retry: true
        case .ack, .deadLetter: false
        }
    }
}
