import CeleriacCore
import CeleriacWire
import Foundation
import RESPClient

/// A settlement whose messages and result are encoded: what the script SETTLE reads of one delivery.
struct PreparedSettlement: Sendable {
    let held: Held
    let words: [any RESPArgument]
    /// The queues in which something comes to lie.
    let queues: Set<QueueName>
}

extension RedisStore {
    func prepare(
        _ settlement: Settlement, of held: Held, _ change: StateChange? = nil, continuation: [PreparedMessage] = []
    ) -> PreparedSettlement {
        var words: [any RESPArgument] = []
        var queues = Set(continuation.map(\.queue))
        switch settlement {
        case .ack: words.append("a")
        case .release(let notBefore):
            words += ["r", due(notBefore)]
            queues.insert(held.queue)
        case .retry(let envelope, let notBefore):
            let message = prepareRetry(envelope, of: held, notBefore: notBefore)
            words += ["t", message.priority, message.raw, due(notBefore)]
            queues.insert(held.queue)
        case .deadLetter(let reason): words += ["d", held.id.rawValue, reason]
        }
        append(change, to: &words)
        words.append(continuation.count)
        for message in continuation { message.append(to: &words) }
        return PreparedSettlement(held: held, words: words, queues: queues)
    }

    private func due(_ instant: Date?) -> any RESPArgument {
        if let instant { instant.microseconds } else { "" }
    }

    private func append(_ change: StateChange?, to words: inout [any RESPArgument]) {
        guard let change else { return words.append(0) }
        words.append(1)
        words += recordWords(for: change)
    }

    /// Key, state, document and milliseconds to live ("" = for ever) of a result.
    private func recordWords(for change: StateChange) -> [any RESPArgument] {
        [keys.result(change.id), change.state.rawValue, resultDocument(of: change), span(of: change)]
    }

    /// A result as Celery writes it.
    func resultDocument(of change: StateChange) -> [UInt8] {
        ResultDocument.encode(change, isExtended: options.extendedResults)
    }

    /// For how many milliseconds a result is kept; "" = for ever. One whose time is over already is gone at once.
    func span(of change: StateChange) -> any RESPArgument {
        if hasInjectedTime {
            return "@\(time.now.microseconds):\(change.expires.map { String($0.microseconds) } ?? "")"
        }
        guard let expires = change.expires else { return "" }
        return max(1, Int64((expires.timeIntervalSince(time.now) * 1000).rounded(.up)))
    }
}
