import CeleriacCore

/// The key of a listed message in the index that lists its stage.
enum MessageKey: Sendable {
    case ready(rank: Int64, position: Double, call: Int64)
    case delayed(due: Double, call: Int64)
    case leased(call: Int64)
    case dead(number: Int64)

    /// Reads the key from a row of a statement of `ReadSQL.messages`, behind the columns of the message.
    init(_ status: MessagePlace.Status, in row: borrowing PreparedStatement) {
        self =
            switch status {
            case .ready: .ready(rank: row.int(13), position: row.double(14), call: row.int(15))
            case .delayed: .delayed(due: row.double(13), call: row.int(14))
            case .leased: .leased(call: row.int(13))
            case .dead: .dead(number: row.int(13))
            }
    }

    /// The key before all messages of a stage.
    init(before status: MessagePlace.Status) {
        self =
            switch status {
            case .ready: .ready(rank: .min, position: 0, call: 0)
            case .delayed: .delayed(due: -.infinity, call: 0)
            case .leased: .leased(call: .min)
            case .dead: .dead(number: .max)
            }
    }

    /// - Throws: ``BrokerError`` with code `refused` for a cursor of another list.
    init(_ cursor: Cursor, _ status: MessagePlace.Status, of list: MessageList) throws(BrokerError) {
        let key = try list.key(of: cursor)
        guard let last = key.last.flatMap({ Int64($0) }) else { throw cursor.refusal }
        switch (status, key.count) {
        case (.ready, 3):
            guard let rank = Int64(key[0]), let position = Double(key[1]) else { throw cursor.refusal }
            self = .ready(rank: rank, position: position, call: last)
        case (.delayed, 2):
            guard let due = Double(key[0]) else { throw cursor.refusal }
            self = .delayed(due: due, call: last)
        case (.leased, 1): self = .leased(call: last)
        case (.dead, 1): self = .dead(number: last)
        default: throw cursor.refusal
        }
    }

    func cursor(of list: MessageList) -> Cursor {
        switch self {
        case .ready(let rank, let position, let call): list.cursor(["\(rank)", "\(position)", "\(call)"])
        case .delayed(let due, let call): list.cursor(["\(due)", "\(call)"])
        case .leased(let call): list.cursor(["\(call)"])
        case .dead(let number): list.cursor(["\(number)"])
        }
    }

    /// Binds the key behind the parameters that all of these statements have.
    ///
    /// - Parameter now: delayed messages that are due by then are listed as ready.
    func bind(to statement: inout PreparedStatement, now: Double) {
        switch self {
        case .ready(let rank, let position, let call):
            statement.bind(rank)
            statement.bind(position)
            statement.bind(call)
        case .delayed(let due, let call):
            statement.bind(due > now ? due : now)
            statement.bind(due > now ? call : .max)
        case .leased(let call): statement.bind(call)
        case .dead(let number): statement.bind(number)
        }
    }
}
