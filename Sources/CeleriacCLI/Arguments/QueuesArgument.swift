import ArgumentParser
import Celeriac
import CeleriacCore

/// The queues of a worker: `mail,reports` in strict order, `mail=3,reports=1` by weight.
///
/// The part after the last `=` is a weight if it is a number; otherwise it belongs to the name. A queue name that
/// contains a comma can only be given in code.
struct QueuesArgument {
    let selection: QueueSelection
    let isWeighted: Bool
    fileprivate let text: String

    static let help = "a,b serves a first; a=3,b=1 serves by weight"
    private static let heaviest = Bounds.slots.upperBound

    /// - Throws: `ValidationError` that says which part is wrong.
    init(_ argument: String) throws {
        text = argument
        let parts = try argument.split(separator: ",").map { try Part($0) }
        let names = parts.map(\.name)
        guard !names.isEmpty else { throw Self.wrong("no queue is named") }
        if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
            throw Self.wrong("queue \"\(twice)\" is named twice")
        }
        let weights = parts.compactMap(\.weight)
        guard weights.isEmpty || weights.count == parts.count else {
            throw Self.wrong("give either every queue a weight or none")
        }
        isWeighted = !weights.isEmpty
        selection =
            isWeighted
            ? .weighted(Dictionary(zip(names, weights), uniquingKeysWith: { first, _ in first })) : .strict(names)
    }

    private static func wrong(_ what: String) -> ValidationError { ValidationError("\(what.onOneLine) (\(help))") }

    /// One queue, with its weight if one was given.
    private struct Part {
        let name: QueueName
        let weight: Int?

        init(_ text: Substring) throws {
            let sides = Self.sides(of: text)
            let name: QueueName
            do { name = try QueueName(String(sides.name)) } catch let error as CeleriacError {
                throw QueuesArgument.wrong(error.message)
            }
            self.name = name
            weight = try sides.weight.map { digits in
                guard let weight = Int(digits), (1...heaviest).contains(weight) else {
                    throw QueuesArgument.wrong("the weight of \"\(name)\" must be a number from 1 to \(heaviest)")
                }
                return weight
            }
        }

        private static func sides(of text: Substring) -> (name: Substring, weight: Substring?) {
            guard let equals = text.lastIndex(of: "=") else { return (text, nil) }
            let rest = text[text.index(after: equals)...]
            let digits = rest.hasPrefix("-") ? rest.dropFirst() : rest
            let isNumber = !digits.isEmpty && digits.allSatisfy { ("0"..."9").contains($0) }
            return isNumber ? (text[..<equals], rest) : (text, nil)
        }
    }
}

extension [QueuesArgument] {
    /// Combines the values of an option that was given several times: `-q a -q b` means `-q a,b`. Returns `nil` if the
    /// option was not given.
    ///
    /// - Throws: `ValidationError` if the combination is invalid, for example if it names a queue twice.
    func combined() throws -> QueuesArgument? {
        count > 1 ? try QueuesArgument(map(\.text).joined(separator: ",")) : first
    }
}
