import CeleriacCore
import RESPClient

/// Many settlements as ARGV of ``Scripts/settle``: those that are alike in groups, which cost few words each.
struct SettlementBatch {
    /// What the members of a group have in common.
    private struct Trait: Hashable {
        let queue: QueueName
        let score: String
        /// `nil` = no results.
        let state: String?
        let span: String?
    }

    private var traits: [Trait] = []
    /// Of each group the positions of its members.
    private var groups: [[Int]] = []
    private var indices: [Trait: Int] = [:]
    /// Positions of the others.
    private var others: [Int] = []
    private let settlements: ArraySlice<PreparedSettlement>

    init(_ settlements: ArraySlice<PreparedSettlement>) {
        self.settlements = settlements
        for position in settlements.indices {
            let settlement = settlements[position]
            guard case .plain(let result) = settlement.kind else {
                others.append(position)
                continue
            }
            let trait = Trait(
                queue: settlement.held.queue, score: settlement.held.score, state: result?.state, span: result?.span)
            // What ends together was mostly claimed together.
            if traits.last == trait {
                groups[groups.count - 1].append(position)
            } else {
                add(position, trait)
            }
        }
    }

    private mutating func add(_ position: Int, _ trait: Trait) {
        if let index = indices[trait] { return groups[index].append(position) }
        indices[trait] = groups.count
        traits.append(trait)
        groups.append([position])
    }

    var words: RESPWords {
        var words: RESPWords = [groups.count]
        words.reserveCapacity(settlements.count * 400)
        for (trait, group) in zip(traits, groups) { append(group, trait, to: &words) }
        words.append(others.count)
        for position in others { settlements[position].held.append(to: &words) }
        for position in others {
            guard case .other(let own) = settlements[position].kind else { continue }
            words.append(own.count)
            words.append(contentsOf: own)
        }
        return words
    }

    private func append(_ group: [Int], _ trait: Trait, to words: inout RESPWords) {
        words.append(trait.state == nil ? "a" : "r")
        words.append(trait.queue.rawValue)
        words.append(trait.score)
        words.append(group.count)
        if let state = trait.state, let span = trait.span {
            words.append(state)
            words.append(span)
        }
        for position in group { words.append(settlements[position].held.tag) }
        let results = group.compactMap { position -> PreparedResult? in
            guard case .plain(let result) = settlements[position].kind else { return nil }
            return result
        }
        for result in results { words.append(result.key) }
        for result in results { words.append(result.document) }
    }

    /// What the script says, which counts through the groups and then the others.
    func outcome(_ answer: RESPValue) throws(BrokerError) -> SettledBatch {
        try SettledBatch(answer, order: groups.flatMap { $0 } + others, script: "SETTLE")
    }
}

extension SettledBatch {
    /// - Parameters:
    ///   - answer: the positions (from 1) of those that are lost; and position, part and reason of those that are unwritten.
    ///   - order: the position of each among the settlements.
    /// - Throws: ``BrokerError`` with code `connectionLost` for what is no such answer.
    init(_ answer: RESPValue, order: @autoclosure () -> [Int], script: String) throws(BrokerError) {
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
