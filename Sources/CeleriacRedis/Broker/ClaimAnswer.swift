import CeleriacCore
import RESPClient

/// What the script CLAIM answers.
struct ClaimAnswer: Sendable {
    struct Message: Sendable {
        let raw: [UInt8]
        let tag: String
        let queue: QueueName
        /// How often a lease of it lapsed.
        let lapses: Int
    }

    var score = ""
    /// The clock that due times go by, in microseconds since 1970.
    var now: Int64 = 0
    var hasRevocations = false
    /// When it is worth asking again; `nil` = unknown.
    var pause: Duration?
    var parked = 0
    var messages: [Message] = []

    init(_ answer: RESPValue, queues: [QueueName]) {
        guard let elements = answer.elements, elements.count >= 5 else { return }
        score = elements[0].text ?? ""
        now = elements[1].text.flatMap { Int64($0) } ?? 0
        hasRevocations = elements[2].integer == 1
        pause = elements[3].integer.flatMap { $0 < 0 ? nil : .microseconds($0) }
        parked = Int(elements[4].integer ?? 0)
        messages.reserveCapacity((elements.count - 5) / 4)
        for place in stride(from: 5, to: elements.count - 3, by: 4) {
            guard let raw = elements[place].bytes, let tag = elements[place + 1].text,
                let number = elements[place + 2].integer, queues.indices.contains(Int(number) - 1)
            else { continue }
            messages.append(
                Message(
                    raw: raw, tag: tag, queue: queues[Int(number) - 1], lapses: Int(elements[place + 3].integer ?? 0)))
        }
    }
}
