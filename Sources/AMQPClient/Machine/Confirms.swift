import NIOCore

/// The published messages of a channel that the server has not confirmed yet (RabbitMQ, "Publisher Confirms").
///
/// The server numbers the publishes of a channel from 1. It may confirm them out of order, or several at once. A
/// message that no queue receives is returned first and then confirmed all the same; a return carries no number.
struct Confirms {
    /// A publish whose outcome is known.
    struct Settled {
        let call: Call
        let index: Int
        let outcome: AMQPOutcome
    }

    private struct Slot {
        let call: Call
        let index: Int
        let bytes: Int
        var isSettled = false
    }

    private var slots = CircularBuffer<Slot>()
    /// The number of the first slot.
    private var first: UInt64 = 1
    private var returns: [UInt64: AMQPServerError] = [:]
    /// The number of publishes without an outcome, and the bytes of their bodies.
    private var open = (count: 0, bytes: 0)

    var unsettled: [Call] { slots.lazy.filter { !$0.isSettled }.map(\.call) }
    var isEmpty: Bool { slots.isEmpty }

    mutating func add(_ call: Call, index: Int, bytes: Int) {
        slots.append(Slot(call: call, index: index, bytes: bytes))
        open = (open.count + 1, open.bytes + bytes)
    }

    /// Whether one more publish may be sent before some are settled. One may always be sent alone.
    func haveRoom(for bytes: Int, in window: PublishWindow) -> Bool {
        open.count == 0 || open.count < window.messages && open.bytes + bytes <= window.bytes
    }

    /// Settles the publish of this number, or all up to it. Number 0 stands for all that are open.
    mutating func settle(
        _ tag: UInt64, isMultiple: Bool, isAck: Bool, into settled: inout [Settled]
    ) throws(AMQPViolation) {
        let last = tag == 0 && isMultiple ? first + UInt64(slots.count) - 1 : tag
        if isMultiple {
            // Numbers before the first slot were settled one by one already.
            guard last < first + UInt64(slots.count) else { throw .unknownTag(tag) }
            if last >= first { for number in first...last { settle(number, isAck, &settled) } }
        } else {
            guard last >= first, last < first + UInt64(slots.count) else { throw .unknownTag(tag) }
            settle(last, isAck, &settled)
        }
        while slots.first?.isSettled == true {
            slots.removeFirst()
            first += 1
        }
    }

    /// Removes all publishes without an outcome and returns them.
    mutating func abandon() -> [(call: Call, index: Int)] {
        defer {
            slots.removeAll()
            open = (0, 0)
        }
        return slots.filter { !$0.isSettled }.map { ($0.call, $0.index) }
    }

    private mutating func settle(_ number: UInt64, _ isAck: Bool, _ settled: inout [Settled]) {
        let index = slots.index(slots.startIndex, offsetBy: Int(number - first))
        guard !slots[index].isSettled else { return }
        slots[index].isSettled = true
        let slot = slots[index]
        open = (open.count - 1, open.bytes - slot.bytes)
        settled.append(Settled(call: slot.call, index: slot.index, outcome: outcome(of: number, isAck)))
    }

    private mutating func outcome(of number: UInt64, _ isAck: Bool) -> AMQPOutcome {
        if !returns.isEmpty, let reason = returns.removeValue(forKey: number) {
            return .failure(AMQPError(.unroutable, "no queue received the message: \(reason)", server: reason))
        }
        return isAck ? .success(()) : .failure(.refusedByQueue)
    }
}

/// How much may wait for its confirm on a channel.
struct PublishWindow: Sendable {
    let messages: Int
    /// The bytes of all bodies together.
    let bytes: Int

    init(_ configuration: AMQPConfiguration) {
        messages = max(1, configuration.largestWindow)
        bytes = configuration.largestWindowBytes
    }
}

extension Confirms {
    /// Notes that a message came back. It belongs to the first open publish that is equal to it; if none is, to the first
    /// one with its exchange and routing key.
    ///
    /// - Returns: whether there is such a publish.
    mutating func returned(_ content: Content, _ exchange: String, _ routingKey: String, _ reason: AMQPServerError)
        -> Bool
    {
        var likely: UInt64?
        for (offset, slot) in slots.enumerated() where !slot.isSettled && returns[first + UInt64(offset)] == nil {
            let isEqual = slot.call.withMessage(slot.index) { message -> Bool? in
                guard message.isMandatory, message.exchange == exchange, message.routingKey == routingKey else {
                    return nil
                }
                return message.body == content.body && message.properties == content.properties
            }
            guard let isEqual else { continue }
            likely = isEqual ? first + UInt64(offset) : likely ?? first + UInt64(offset)
            if isEqual { break }
        }
        guard let likely else { return false }
        returns[likely] = reason
        return true
    }
}

extension AMQPError {
    static let refusedByQueue = AMQPError(
        .refused, "a queue refused the message: it is full (x-overflow: reject-publish), or failed")
}
