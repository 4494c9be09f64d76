import ArgumentParser
import Celeriac

/// The queues of a worker: `mail,reports` in strict order, `mail=3,reports=1` by weight.
struct QueuesArgument: ExpressibleByArgument {
    let selection: QueueSelection
    let isWeighted: Bool
    fileprivate let text: String

    static let help = "a,b serves a first; a=3,b=1 serves by weight"

    init?(argument: String) {
        text = argument
        let parts = argument.split(separator: ",").map { $0.split(separator: "=", omittingEmptySubsequences: false) }
        let names = parts.compactMap { QueueName(rawValue: String($0[0])) }
        guard !names.isEmpty, names.count == parts.count, Set(names).count == names.count else { return nil }
        if parts.allSatisfy({ $0.count == 1 }) {
            selection = .strict(names)
            isWeighted = false
            return
        }
        let weights = parts.compactMap { $0.count == 2 ? Int($0[1]) : nil }.filter { $0 >= 1 }
        guard weights.count == names.count else { return nil }
        selection = .weighted(Dictionary(zip(names, weights), uniquingKeysWith: { first, _ in first }))
        isWeighted = true
    }
}

extension [QueuesArgument] {
    /// What an option that was given several times selects: `-q a -q b` is `-q a,b`. `nil` = it was not given.
    ///
    /// - Throws: `ValidationError` if together they select nothing sensible.
    func combined() throws -> QueuesArgument? {
        guard count > 1 else { return first }
        if let all = QueuesArgument(argument: map(\.text).joined(separator: ",")) { return all }
        throw ValidationError(
            "--queues: together they name a queue twice, or weigh only some queues; \(QueuesArgument.help)")
    }
}
