import CeleriacCore
import RESPClient
import RedisKit

/// Many settlements as the ARGV of ``Scripts/settle``. Similar ones form groups, which need only a few words each.
struct SettlementBatch {
    /// What the members of a group have in common.
    private struct Trait: Hashable {
        let queue: QueueName
        let score: String
        /// The state of the results; `nil` if there are no results.
        let state: String?
        let span: String?
    }

    private var traits: [Trait] = []
    /// The positions of the members of each group.
    private var groups: [[Int]] = []
    private var indices: [Trait: Int] = [:]
    /// The positions of the other settlements.
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
            // Settlements that end together were usually claimed together.
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

    /// Reads the answer of the script, which counts through the groups and then the others.
    func outcome(_ answer: RESPValue) throws(BrokerError) -> SettledBatch {
        try SettledBatch(answer, order: groups.flatMap { $0 } + others, script: "SETTLE")
    }
}
