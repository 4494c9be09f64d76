package import CeleriacCore
package import RESPClient

/// What became of several settlements, by their positions.
package struct SettledBatch: Sendable {
    /// Those whose lease was lost.
    package var lost: Set<Int> = []
    /// Those that could not be written, and are held as before.
    package var unwritten: [Int: Unwritten] = [:]

    package struct Unwritten: Sendable {
        package enum Part: String, Sendable {
            case result, continuation
            /// Its place in its own queue.
            case place
        }
        package let part: Part
        package let reason: String
    }

    package init() {}

    /// That of the settlements from `start` on.
    package func part(from start: Int, count: Int) -> SettledBatch {
        guard !lost.isEmpty || !unwritten.isEmpty else { return self }
        let range = start..<start + count
        var part = SettledBatch()
        for position in lost where range.contains(position) { part.lost.insert(position - start) }
        for (position, problem) in unwritten where range.contains(position) {
            part.unwritten[position - start] = problem
        }
        return part
    }
}

extension SettledBatch {
    /// - Parameters:
    ///   - answer: the positions (from 1) of those that are lost; and position, part and reason of those that are unwritten.
    ///   - order: the position of each among the settlements.
    /// - Throws: ``BrokerError`` with code `connectionLost` for what is no such answer.
    package init(_ answer: RESPValue, order: @autoclosure () -> [Int], script: String) throws(BrokerError) {
        let parts = try answer.elements(atLeast: 2, of: script)
        let words = try parts[1].elements(atLeast: 0, of: script)
        if parts[0].elements?.isEmpty == true, words.isEmpty { return }
        let order = order()
        for index in try parts[0].indices(below: order.count, of: script) { lost.insert(order[index]) }
        guard words.count.isMultiple(of: 3) else { throw .malformedAnswer(to: script) }
        for place in stride(from: 0, to: words.count, by: 3) {
            guard let part = words[place + 1].text.flatMap(Unwritten.Part.init), let reason = words[place + 2].text
            else {
                throw .malformedAnswer(to: script)
            }
            unwritten[order[try words[place].index(below: order.count, of: script)]] = Unwritten(
                part: part, reason: reason)
        }
    }
}
