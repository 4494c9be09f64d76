/// The values that a pickle has built so far: nodes that refer to each other by number, as Python's objects do by
/// reference.
///
/// A list can grow after it was put into another list and into the memo, so nodes become values only at the end.
struct PickleHeap {
    enum Kind {
        case value(PickleValue)
        case list, tuple, set, frozenSet
        /// Its items are keys and values in turn.
        case dictionary
        case callable(PickleCallable)
        /// A UUID whose digits are still missing.
        case bareUUID
    }

    struct Node {
        var kind: Kind
        /// The nodes that a container refers to.
        var items: [Int] = []
    }

    private var nodes: [Node] = []

    subscript(id: Int) -> Node { nodes[id] }

    mutating func add(_ kind: Kind, _ items: [Int] = []) -> Int {
        nodes.append(Node(kind: kind, items: items))
        return nodes.count - 1
    }

    /// Gives a node its value. Every reference to the node sees the value.
    mutating func fill(_ id: Int, with value: PickleValue) { nodes[id].kind = .value(value) }

    mutating func extend(_ id: Int, by items: [Int]) { nodes[id].items += items }
}

/// Turns a node and all nodes that it refers to into a value, and counts them against the limits.
struct PickleExpansion {
    let heap: PickleHeap
    let limits: PickleLimits
    private var values = 0
    private var contentBytes = 0
    /// The containers that are being expanded: meeting one of them again would never end.
    private var open: Set<Int> = []

    init(of heap: PickleHeap, limits: PickleLimits) {
        self.heap = heap
        self.limits = limits
    }

    mutating func value(of id: Int) throws(PickleError) -> PickleValue {
        values += 1
        guard values <= limits.values else {
            throw PickleError(.tooLarge, "more than \(limits.values) values")
        }
        switch heap[id].kind {
        case .value(let value): return try counted(value)
        case .list: return .list(try items(of: id))
        case .tuple: return .tuple(try items(of: id))
        case .set: return .set(try items(of: id))
        case .frozenSet: return .frozenSet(try items(of: id))
        case .dictionary:
            let items = try items(of: id)
            return .dictionary(stride(from: 0, to: items.count, by: 2).map { PickleEntry(items[$0], items[$0 + 1]) })
        case .callable(let callable): throw PickleError(.refused, "\(callable.rawValue) as a value")
        case .bareUUID: throw PickleError(.malformed, "a UUID without its digits")
        }
    }

    private mutating func items(of id: Int) throws(PickleError) -> [PickleValue] {
        guard open.insert(id).inserted else { throw PickleError(.cyclic, "a container that contains itself") }
        guard open.count <= limits.depth else {
            throw PickleError(.tooLarge, "containers nested more than \(limits.depth) deep")
        }
        defer { open.remove(id) }
        var values: [PickleValue] = []
        for item in heap[id].items { values.append(try value(of: item)) }
        return values
    }

    private mutating func counted(_ value: PickleValue) throws(PickleError) -> PickleValue {
        contentBytes += value.contentBytes
        guard contentBytes <= limits.contentBytes else {
            throw PickleError(.tooLarge, "more than \(limits.contentBytes) bytes of text")
        }
        return value
    }
}
