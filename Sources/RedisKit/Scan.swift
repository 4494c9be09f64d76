package import CeleriacCore
package import RESPClient

/// The pages of SCAN or HSCAN, until the server reports the last one.
package struct Scan {
    private let command: String
    private let mostPages: Int
    private var seen: Set<String> = []
    package private(set) var cursor = "0"
    package private(set) var isOver = false

    /// - Parameter mostPages: the number of pages after which the server counts as one that never ends.
    package init(_ command: String, mostPages: Int = 1_000_000) {
        self.command = command
        self.mostPages = mostPages
    }

    /// - Returns: the elements of one page.
    /// - Throws: ``BrokerError`` with code `connectionLost` for a cursor that was seen before, or for more than
    ///   `mostPages` pages.
    package mutating func take(_ answer: RESPValue) throws(BrokerError) -> RESPValue {
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

extension String {
    /// The text as a pattern of PSUBSCRIBE or SCAN that matches only the text itself.
    package var escapedPattern: String {
        reduce(into: "") { pattern, character in
            if "*?[]\\".contains(character) { pattern.append("\\") }
            pattern.append(character)
        }
    }
}
