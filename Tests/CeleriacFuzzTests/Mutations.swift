import CeleriacCore
import CeleriacTesting

/// A way into a tree.
struct Path: Hashable {
    enum Step: Hashable {
        case name(JSONKey)
        case place(Int)
    }

    var steps: [Step] = []

    /// The same for all elements of an array.
    var kind: Path { Path(steps: steps.map { if case .place = $0 { .place(0) } else { $0 } }) }

    func adding(_ step: Step) -> Path { Path(steps: steps + [step]) }
}

extension JSONValue {
    /// The ways to all that has nothing within it.
    var leaves: [Path] { leaves(from: Path()) }

    private func leaves(from path: Path) -> [Path] {
        switch self {
        case .array(let elements) where !elements.isEmpty:
            elements.enumerated().flatMap { $1.leaves(from: path.adding(.place($0))) }
        case .object(let members) where !members.isEmpty:
            members.sorted { $0.key < $1.key }.flatMap { $1.leaves(from: path.adding(.name($0))) }
        default: [path]
        }
    }

    subscript(path: Path) -> JSONValue? {
        path.steps.reduce(self) { value, step in
            switch step {
            case .name(let name): value?.objectValue?[name]
            case .place(let place): value?[place]
            }
        }
    }

    /// The tree with another value there; without it where that is `nil`.
    func replacing(_ path: Path, with value: JSONValue?) -> JSONValue {
        replacing(path.steps[...], with: value) ?? .null
    }

    private func replacing(_ steps: ArraySlice<Path.Step>, with value: JSONValue?) -> JSONValue? {
        guard let step = steps.first else { return value }
        let rest = steps.dropFirst()
        switch (self, step) {
        case (.object(var members), .name(let name)):
            members[name] = members[name].flatMap { $0.replacing(rest, with: value) }
            return .object(members)
        case (.array(var elements), .place(let place)) where elements.indices.contains(place):
            if let changed = elements[place].replacing(rest, with: value) {
                elements[place] = changed
            } else {
                elements.remove(at: place)
            }
            return .array(elements)
        default: return self
        }
    }
}

extension SplitMix {
    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[Int(next() % UInt64(elements.count))] }

    /// One to four changes: another value, none, or what stands elsewhere.
    mutating func mutated(_ tree: JSONValue) -> JSONValue {
        var tree = tree
        for _ in 0...next() % 4 {
            let leaves = tree.leaves
            var path = pick(leaves)
            // Now and then what holds it, a whole signature say.
            for _ in 0..<next() % 3 where path.steps.count > 1 { path.steps.removeLast() }
            switch next() % 8 {
            case 0: tree = tree.replacing(path, with: nil)
            case 1: tree = tree.replacing(path, with: tree[pick(leaves)] ?? .null)
            case 2:
                var other = pick(leaves)
                for _ in 0..<next() % 4 where other.steps.count > 1 { other.steps.removeLast() }
                tree = tree.replacing(path, with: tree[other] ?? .null)
            case 3:
                tree = tree.replacing(path, with: pick([.null, true, "", "celery", [], [:], [[]], .string("é\u{0}")]))
            default: tree = tree.replacing(pick(leaves), with: pick(EdgeNumbers.json))
            }
        }
        return tree
    }

    /// A few bytes changed, taken out or put in.
    mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0...next() % 3 where !bytes.isEmpty {
            let place = Int(next() % UInt64(bytes.count))
            switch next() % 3 {
            case 0: bytes[place] = pick(Array("\"\\{}[],:0-.eutfnN9".utf8))
            case 1: bytes.remove(at: place)
            default: bytes.insert(UInt8(truncatingIfNeeded: next()), at: place)
            }
        }
        return bytes
    }
}
