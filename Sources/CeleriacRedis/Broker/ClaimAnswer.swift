import CeleriacCore
import RESPClient
import RedisKit

/// The answer of the script CLAIM.
struct ClaimAnswer: Sendable {
    struct Message: Sendable {
        let raw: [UInt8]
        let tag: String
        let queue: QueueName
        /// How often a lease of this message lapsed.
        let lapses: Int
    }

    let score: String
    /// The clock that decides what is due, in microseconds since 1970.
    let now: Int64
    let hasRevocations: Bool
    /// When it is worth asking again; `nil` if unknown.
    let pause: Duration?
    let parked: Int
    /// Keys that were skipped, see ``StrayKeys/note(_:among:)``.
    let strays: RESPValue
    /// Keys that were renamed.
    let renamed: RESPValue
    private(set) var messages: [Message] = []
    /// The queues that were passed over because they are paused.
    private(set) var paused: Set<QueueName> = []

    private static let script = "CLAIM"
    /// The index of the first message.
    private static let start = 9

    /// - Throws: ``BrokerError`` with code `connectionLost` if the answer has another form.
    init(_ answer: RESPValue, queues: [QueueName]) throws(BrokerError) {
        let elements = try answer.elements(atLeast: Self.start, of: Self.script)
        guard let score = elements[0].text, let now = elements[1].text.flatMap({ Int64($0) }), now.magnitude < 1 << 53
        else {
            throw .malformedAnswer(to: Self.script)
        }
        self.score = score
        self.now = now
        hasRevocations = elements[2].integer == 1
        pause = elements[3].integer.flatMap { $0 < 0 ? nil : .microseconds($0) }
        parked = try elements[4].count(of: Self.script)
        strays = elements[7]
        renamed = elements[8]
        try readMessages(elements, queues)
    }

    private mutating func readMessages(_ elements: [RESPValue], _ queues: [QueueName]) throws(BrokerError) {
        let total = elements.count - Self.start
        let odd = try Self.odd(elements[6], below: total)
        messages.reserveCapacity(total)
        for (queue, answer) in zip(queues, try elements[5].elements(atLeast: 0, of: Self.script)) {
            if answer.integer == -1 {
                paused.insert(queue)
                continue
            }
            let count = try answer.count(of: Self.script)
            guard count <= total - messages.count else { throw .malformedAnswer(to: Self.script) }
            for _ in 0..<count {
                let place = messages.count
                guard let raw = elements[Self.start + place].bytes else { throw .malformedAnswer(to: Self.script) }
                let (tag, lapses) = odd[place] ?? (Self.plainTag(of: raw), 0)
                messages.append(Message(raw: raw, tag: tag, queue: queue, lapses: lapses))
            }
        }
        guard messages.count == total else { throw .malformedAnswer(to: Self.script) }
    }

    /// Finds the tag of a message for which the script named none: the tag is where our encoder writes it.
    private static func plainTag(of raw: [UInt8]) -> String {
        String(decoding: raw.dropFirst(31).prefix { $0 != UInt8(ascii: "\"") }, as: UTF8.self)
    }

    /// Reads triples of position, tag and lapses, by index.
    private static func odd(
        _ answer: RESPValue, below count: Int
    ) throws(BrokerError) -> [Int: (tag: String, lapses: Int)] {
        let elements = try answer.elements(atLeast: 0, of: script)
        guard elements.count.isMultiple(of: 3) else { throw .malformedAnswer(to: script) }
        var odd: [Int: (tag: String, lapses: Int)] = [:]
        for place in stride(from: 0, to: elements.count, by: 3) {
            guard let tag = elements[place + 1].text else { throw .malformedAnswer(to: script) }
            let index = try elements[place].index(below: count, of: script)
            odd[index] = (tag, try elements[place + 2].count(of: script))
        }
        return odd
    }
}
