package import CeleriacCore
package import RESPClient

/// The outcome of several settlements, by position.
package struct SettledBatch: Sendable {
    /// The settlements whose lease was lost.
    package var lost: Set<Int> = []
    /// The settlements that could not be written; their deliveries are held as before.
    package var unwritten: [Int: Unwritten] = [:]

    package struct Unwritten: Sendable {
        package enum Part: String, Sendable {
            case result, continuation
            /// The message's place in its own queue.
            case place
        }
        package let part: Part
        package let reason: String
    }

    package init() {}

    /// Returns the outcome of the `count` settlements from `start` on, with positions from 0.
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
    ///   - answer: the positions (from 1) of the lost settlements; then position, part and reason of each unwritten
    ///     one.
    ///   - order: the position of each of them among the settlements.
    /// - Throws: ``BrokerError`` with code `connectionLost` if the answer has another form.
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
