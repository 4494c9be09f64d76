/// A directed graph of names, with the reason of each arrow.
struct Graph {
    private(set) var arrows: [String: [String: Set<String>]] = [:]

    mutating func add(_ from: String, _ to: String, because reason: String) {
        guard from != to else { return }
        arrows[from, default: [:]][to, default: []].insert(reason)
    }

    /// Each circle as a sentence: who points to whom, and why. Empty if no walk along the arrows comes back to its start.
    var circles: [String] {
        let names = Set(arrows.keys).union(arrows.values.flatMap(\.keys))
        let reach = Dictionary(uniqueKeysWithValues: names.map { ($0, reachable(from: $0)) })
        return names.sorted().flatMap { from in
            (arrows[from] ?? [:]).sorted { $0.key < $1.key }
                .filter { reach[$0.key]?.contains(from) == true }
                .map { "\(from) -> \($0.key): \($0.value.sorted().prefix(6).joined(separator: ", "))" }
        }
    }

    private func reachable(from start: String) -> Set<String> {
        var seen: Set<String> = []
        var open = [start]
        while let name = open.popLast() {
            for next in (arrows[name] ?? [:]).keys where seen.insert(next).inserted { open.append(next) }
        }
        return seen
    }
}
