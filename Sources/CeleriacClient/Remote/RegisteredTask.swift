/// A task that a worker can run, as described by that worker.
public struct RegisteredTask: Sendable, Hashable {
    /// The name of the task.
    public let name: TaskName
    /// The requested attributes that are set, as text: `["rate_limit": "10/m"]`.
    public let info: [String: String]

    /// - Parameter text: for example `tasks.limited [rate_limit=10/m max_retries=3]` (`celery/worker/control.py`).
    package init(_ text: String) {
        guard text.hasSuffix("]"), let bracket = text.firstRange(of: " [") else {
            name = TaskName(text)
            info = [:]
            return
        }
        name = TaskName(String(text[..<bracket.lowerBound]))
        info = Self.pairs(in: text[bracket.upperBound...].dropLast())
    }

    /// A word without an equals sign belongs to the value before it.
    private static func pairs(in text: Substring) -> [String: String] {
        var pairs: [(key: String, value: String)] = []
        for word in text.split(separator: " ") {
            if let equals = word.firstIndex(of: "=") {
                pairs.append((String(word[..<equals]), String(word[word.index(after: equals)...])))
            } else if let last = pairs.indices.last {
                pairs[last].value += " \(word)"
            }
        }
        return Dictionary(pairs.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
    }
}
