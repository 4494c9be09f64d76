package import CeleriacCore
package import RESPClient

/// A position in a sorted set: the last listed member and its score.
///
/// Members with the same score are ordered by their bytes.
package struct ScoredCursor {
    package let score: Double
    package let member: String

    package init(_ member: (member: String, score: Double)) { (self.member, score) = member }

    /// - Throws: ``BrokerError`` with code `refused` for a cursor of another list.
    package init(_ cursor: Cursor) throws {
        guard let colon = cursor.rawValue.firstIndex(of: ":"), let score = Double(cursor.rawValue[..<colon]),
            !score.isNaN
        else { throw cursor.refusal }
        self.score = score
        member = String(cursor.rawValue[cursor.rawValue.index(after: colon)...])
    }

    /// - Parameter key: the score and the member; the result is `nil` for any other key.
    package init?(key: [String]) {
        guard key.count == 2, let score = Double(key[0]), !score.isNaN else { return nil }
        (self.score, member) = (score, key[1])
    }

    package var key: [String] { ["\(score)", member] }

    package var cursor: Cursor { Cursor(rawValue: "\(score):\(member)") }

    /// Whether a member with the same score follows this one in ascending order.
    package func isBefore(_ other: String) -> Bool { member.utf8.lexicographicallyPrecedes(other.utf8) }

    /// Whether a member with the same score follows this one in descending order.
    package func isAfter(_ other: String) -> Bool { other.utf8.lexicographicallyPrecedes(member.utf8) }
}

extension RESPValue {
    /// The members with their scores: RESP3 sends pairs, RESP2 alternates members and scores.
    package var scored: [(member: String, score: Double)] {
        let elements = elements ?? []
        if let pairs = elements.first?.elements, pairs.count == 2 {
            return elements.compactMap { pair in
                guard let pair = pair.elements, pair.count == 2, let member = pair[0].text, let score = pair[1].double
                else {
                    return nil
                }
                return (member, score)
            }
        }
        return stride(from: 0, to: elements.count - 1, by: 2).compactMap { place in
            guard let member = elements[place].text, let score = elements[place + 1].double else { return nil }
            return (member, score)
        }
    }
}
