import CeleriacCore
import RESPClient

/// Reads what a server answers. A number that is used as a count or a position is checked first: an answer that makes no sense
/// is an error of the connection, never a trap.
extension RESPValue {
    /// The largest count that is believed; a sum of a few of them overflows nothing.
    private static let largestCount: Int64 = 1 << 53

    /// - Parameter script: whose answer it is, for the error.
    /// - Throws: ``BrokerError`` with code `connectionLost` where there are fewer elements.
    func elements(atLeast count: Int, of script: String) throws(BrokerError) -> [RESPValue] {
        guard let elements, elements.count >= count else { throw .malformedAnswer(to: script) }
        return elements
    }

    /// A number of things.
    func count(of script: String) throws(BrokerError) -> Int {
        guard let integer, (0...Self.largestCount).contains(integer) else { throw .malformedAnswer(to: script) }
        return Int(integer)
    }

    /// Positions that a script counts from 1, as indices of an array of `count` elements.
    func indices(below count: Int, of script: String) throws(BrokerError) -> [Int] {
        var indices: [Int] = []
        for position in try elements(atLeast: 0, of: script) {
            indices.append(try position.index(below: count, of: script))
        }
        return indices
    }

    func index(below count: Int, of script: String) throws(BrokerError) -> Int {
        guard let integer, integer >= 1, integer <= count else { throw .malformedAnswer(to: script) }
        return Int(integer) - 1
    }

    /// Indices of an array of `count` elements, and a text for each, in turn.
    func textsByIndex(below count: Int, of script: String) throws(BrokerError) -> [Int: String] {
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
    /// Of a server, or of something in between, that does not answer as Redis does.
    static func malformedAnswer(to question: String) -> BrokerError {
        BrokerError(
            .connectionLost, "redis: the answer to \(question) makes no sense; make sure that the server is a Redis")
    }
}

/// The pages of SCAN or HSCAN, until the server says that there are no more.
struct Scan {
    private let command: String
    private let mostPages: Int
    private var seen: Set<String> = []
    private(set) var cursor = "0"
    private(set) var isOver = false

    /// - Parameter mostPages: after which a server is taken for one that never ends.
    init(_ command: String, mostPages: Int = 1_000_000) {
        self.command = command
        self.mostPages = mostPages
    }

    /// - Returns: the elements of one page.
    /// - Throws: ``BrokerError`` with code `connectionLost` for a cursor that was there before, or one page too many.
    mutating func take(_ answer: RESPValue) throws(BrokerError) -> RESPValue {
        let parts = try answer.elements(atLeast: 2, of: command)
        guard let next = parts[0].text else { throw .malformedAnswer(to: command) }
        cursor = next
        isOver = next == "0"
        guard isOver || seen.insert(next).inserted && seen.count < mostPages else {
            throw .malformedAnswer(to: command)
        }
        return parts[1]
    }
}
