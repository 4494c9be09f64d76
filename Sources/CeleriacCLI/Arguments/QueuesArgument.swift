import ArgumentParser
import Celeriac

/// The queues of a worker: `mail,reports` in strict order, `mail=3,reports=1` by weight.
struct QueuesArgument: ExpressibleByArgument {
    let selection: QueueSelection
    let isWeighted: Bool

    static let help = "a,b serves a first; a=3,b=1 serves by weight"

    init?(argument: String) {
        let parts = argument.split(separator: ",").map { $0.split(separator: "=", omittingEmptySubsequences: false) }
        let names = parts.compactMap { QueueName(rawValue: String($0[0])) }
        guard !names.isEmpty, names.count == parts.count, Set(names).count == names.count else { return nil }
        if parts.allSatisfy({ $0.count == 1 }) {
            selection = .strict(names)
            isWeighted = false
            return
        }
        let weights = parts.compactMap { $0.count == 2 ? CountArgument.read($0[1]) : nil }
        guard weights.count == names.count else { return nil }
        selection = .weighted(Dictionary(zip(names, weights), uniquingKeysWith: { first, _ in first }))
        isWeighted = true
    }
}
