package import CeleriacCore
package import RESPClient

/// Reads the answers of a server. Numbers that serve as counts or positions are checked first: an answer that makes no
/// sense is a connection error, never a trap.
extension RESPValue {
    /// The largest count that is accepted. The sum of a few such counts cannot overflow.
    private static let largestCount: Int64 = 1 << 53

    /// The texts of an array or set.
    package var texts: [String] { (elements ?? []).compactMap(\.text) }

    /// - Parameter script: the script that answered, for the error.
    /// - Throws: ``BrokerError`` with code `connectionLost` if there are fewer than `count` elements.
    package func elements(atLeast count: Int, of script: String) throws(BrokerError) -> [RESPValue] {
        guard let elements, elements.count >= count else { throw .malformedAnswer(to: script) }
        return elements
    }

    /// A count of things, from 0 to 2^53.
    package func count(of script: String) throws(BrokerError) -> Int {
        guard let integer, (0...Self.largestCount).contains(integer) else { throw .malformedAnswer(to: script) }
        return Int(integer)
    }

    /// Positions that a script counts from 1, converted to indices of an array of `count` elements.
    package func indices(below count: Int, of script: String) throws(BrokerError) -> [Int] {
        var indices: [Int] = []
        for position in try elements(atLeast: 0, of: script) {
            indices.append(try position.index(below: count, of: script))
        }
        return indices
    }

    package func index(below count: Int, of script: String) throws(BrokerError) -> Int {
        guard let integer, integer >= 1, integer <= count else { throw .malformedAnswer(to: script) }
        return Int(integer) - 1
    }

    /// Reads alternating positions and texts: the text for each index of an array of `count` elements.
    package func textsByIndex(below count: Int, of script: String) throws(BrokerError) -> [Int: String] {
        let words = try elements(atLeast: 0, of: script)
        guard words.count.isMultiple(of: 2) else { throw .malformedAnswer(to: script) }
        var texts: [Int: String] = [:]
        for place in stride(from: 0, to: words.count, by: 2) {
            guard let text = words[place + 1].text else { throw .malformedAnswer(to: script) }
            texts[try words[place].index(below: count, of: script)] = text
        }
        return texts
    }
}

extension BrokerError {
    /// The error for an answer that Redis would not give; the server, or something in between, is not a Redis.
    package static func malformedAnswer(to question: String) -> BrokerError {
        BrokerError(
            .connectionLost, "redis: unexpected answer to \(question); make sure that the server is a Redis server")
    }
}
