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
        guard let elements = answer.elements, elements.count >= 7 else { return }
        score = elements[0].text ?? ""
        now = elements[1].text.flatMap { Int64($0) } ?? 0
        hasRevocations = elements[2].integer == 1
        pause = elements[3].integer.flatMap { $0 < 0 ? nil : .microseconds($0) }
        parked = Int(elements[4].integer ?? 0)
        messages.reserveCapacity(elements.count - 7)
        let odd = Self.odd(elements[6].elements ?? [])
        let counts = (elements[5].elements ?? []).map { Int($0.integer ?? 0) }
        var place = 7
        for (queue, count) in zip(queues, counts) {
            for _ in 0..<count where place < elements.count {
                if let raw = elements[place].bytes {
                    let (tag, lapses) = odd[place - 6] ?? (Self.plainTag(of: raw), 0)
                    messages.append(Message(raw: raw, tag: tag, queue: queue, lapses: lapses))
                }
                place += 1
            }
        }
    }

    /// The tag of a message whose tag the script did not tell: it stands where our encoder writes it.
    private static func plainTag(of raw: [UInt8]) -> String {
        String(decoding: raw.dropFirst(31).prefix { $0 != UInt8(ascii: "\"") }, as: UTF8.self)
    }

    /// Triples of position, tag and lapses.
    private static func odd(_ elements: [RESPValue]) -> [Int: (tag: String, lapses: Int)] {
        guard !elements.isEmpty else { return [:] }
        var odd: [Int: (tag: String, lapses: Int)] = [:]
        for place in stride(from: 0, to: elements.count - 2, by: 3) {
            guard let position = elements[place].integer, let tag = elements[place + 1].text else { continue }
            odd[Int(position)] = (tag, Int(count: elements[place + 2].integer ?? 0))
        }
        return odd
    }
}
