import CeleriacCore

/// The words of NOTIFY. A channel's name begins with that of the schema.
///
/// ```
/// celeriac:message   RANK QUEUE   a message is ready; RANK is the lowest of several, 0 if it may stand before others
///                    d QUEUE      a message is delayed
/// celeriac:record    HASHES       records have changed: eight hexadecimal digits for each id
/// celeriac:revoke                 a call was revoked
/// celeriac:mail      c|r|e FIRST LAST …   commands, replies, events: numbers of rows
/// ```
enum Notice: Sendable, Equatable {
    case ready(QueueName, rank: Int16)
    case delayed(QueueName)

    init?(_ payload: String) {
        guard let blank = payload.firstIndex(of: " "),
            let queue = QueueName(rawValue: String(payload[payload.index(after: blank)...]))
        else { return nil }
        let word = payload[..<blank]
        if word == "d" {
            self = .delayed(queue)
        } else if let rank = Int16(word) {
            self = .ready(queue, rank: rank)
        } else {
            return nil
        }
    }

    var queue: QueueName {
        switch self {
        case .ready(let queue, _), .delayed(let queue): queue
        }
    }

    var payload: String {
        switch self {
        case .ready(let queue, let rank): "\(rank) \(queue)"
        case .delayed(let queue): "d \(queue)"
        }
    }
}

/// The channels of a schema.
struct Channels: Sendable {
    let message: String
    let record: String
    let revocation: String
    let mail: String

    init(_ schema: String) {
        message = "\(schema):message"
        record = "\(schema):record"
        revocation = "\(schema):revoke"
        mail = "\(schema):mail"
    }
}

/// A short name of a call in a notification: FNV-1a of its id, 32 bits. Two calls may share one, which wakes one waiter in
/// vain.
struct CallMark: Hashable, Sendable {
    let value: UInt32

    init(_ id: TaskID) { value = id.rawValue.utf8.reduce(0x811C_9DC5) { ($0 ^ UInt32($1)) &* 0x0100_0193 } }

    init?(_ text: Substring) {
        guard let value = UInt32(text, radix: 16) else { return nil }
        self.value = value
    }

    private var text: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 8 - digits.utf8.count) + digits
    }

    /// As few payloads as hold these marks; a payload has less than 8,000 bytes.
    static func payloads(of ids: some Collection<TaskID>) -> [String] {
        Array(ids).parts(of: 900).map { part in part.map { CallMark($0).text }.joined() }
    }

    static func marks(in payload: String) -> Set<CallMark> {
        var marks: Set<CallMark> = []
        var rest = payload[...]
        while rest.utf8.count >= 8 {
            if let mark = CallMark(rest.prefix(8)) { marks.insert(mark) }
            rest = rest.dropFirst(8)
        }
        return marks
    }
}
