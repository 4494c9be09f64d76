import CeleriacCore
import Foundation
import PostgresClient

/// The key of a listed message in the index that lists its stage.
enum MessageKey: Sendable {
    case ready(Place)
    case delayed(due: Date, call: Int64)
    case leased(call: Int64)
    case dead(number: Int64)

    /// Reads the key from a row, behind the columns of the message.
    init(_ status: MessagePlace.Status, in row: PostgresRow) throws(PostgresError) {
        self =
            switch status {
            case .ready:
                .ready(Place(rank: Int16(clamping: try row.int(13)), due: try row.date(14), call: try row.int(15)))
            case .delayed: .delayed(due: try row.date(13), call: try row.int(14))
            case .leased: .leased(call: try row.int(13))
            case .dead: .dead(number: try row.int(14))
            }
    }

    /// The key before all messages of a stage.
    init(before status: MessagePlace.Status) {
        self =
            switch status {
            case .ready: .ready(Place.first)
            case .delayed: .delayed(due: .distantPast, call: 0)
            case .leased: .leased(call: 0)
            case .dead: .dead(number: .max)
            }
    }

    /// - Throws: ``BrokerError`` with code `refused` for a cursor of another list.
    init(_ cursor: Cursor, _ status: MessagePlace.Status, of list: MessageList) throws(BrokerError) {
        let numbers = try list.key(of: cursor).map { Int64($0) }
        guard !numbers.isEmpty, let last = numbers[numbers.count - 1] else { throw cursor.refusal }
        switch (status, numbers.count) {
        case (.ready, 3):
            guard let rank = numbers[0], let due = numbers[1] else { throw cursor.refusal }
            self = .ready(Place(rank: Int16(clamping: rank), due: Date(microseconds: due), call: last))
        case (.delayed, 2):
            guard let due = numbers[0] else { throw cursor.refusal }
            self = .delayed(due: Date(microseconds: due), call: last)
        case (.leased, 1): self = .leased(call: last)
        case (.dead, 1): self = .dead(number: last)
        default: throw cursor.refusal
        }
    }

    func cursor(of list: MessageList) -> Cursor {
        switch self {
        case .ready(let place): list.cursor(["\(place.rank)", "\(place.due.inMicroseconds)", "\(place.call)"])
        case .delayed(let due, let call): list.cursor(["\(due.inMicroseconds)", "\(call)"])
        case .leased(let call): list.cursor(["\(call)"])
        case .dead(let number): list.cursor(["\(number)"])
        }
    }

    /// The parameters behind queue and limit.
    var values: [PostgresValue] {
        switch self {
        case .ready(let place): [.int2(place.rank), .date(place.due), .int(place.call)]
        case .delayed(let due, let call): [.date(due), .int(call)]
        case .leased(let call): [.int(call)]
        case .dead(let number): [.int(number)]
        }
    }
}

extension Date {
    /// Whole microseconds since 1970, as exact as PostgreSQL's timestamps.
    fileprivate var inMicroseconds: Int64 { Int64(clampingSeconds: timeIntervalSince1970 * 1e6) }

    fileprivate init(microseconds: Int64) { self.init(timeIntervalSince1970: Double(microseconds) / 1e6) }
}

extension Int64 {
    fileprivate init(clampingSeconds value: Double) {
        self = value.isNaN ? 0 : Int64(Swift.min(Swift.max(value.rounded(), -9e18), 9e18))
    }
}
