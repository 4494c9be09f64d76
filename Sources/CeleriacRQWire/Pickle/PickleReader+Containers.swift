/// Lists, tuples, dictionaries and sets.
extension PickleReader {
    mutating func container(_ opcode: PickleOpcode) throws(PickleError) {
        switch opcode {
        case .emptyList: push(.list)
        case .emptyTuple: push(.tuple)
        case .emptyDict: push(.dictionary)
        case .emptySet: push(.set)
        case .list: push(.list, try popToMark())
        case .tuple: push(.tuple, try popToMark())
        case .tuple1: push(.tuple, try pop(1))
        case .tuple2: push(.tuple, try pop(2))
        case .tuple3: push(.tuple, try pop(3))
        case .frozenSet: push(.frozenSet, try popToMark())
        default: push(.dictionary, try inPairs(try popToMark()))
        }
    }

    /// Adds the values on the stack to the container under them.
    mutating func extend(_ opcode: PickleOpcode) throws(PickleError) {
        switch opcode {
        case .append, .appends:
            let items = opcode == .append ? try pop(1) : try popToMark()
            guard case .list = heap[try top()].kind else { throw mismatch(opcode, "a list") }
            heap.extend(try top(), by: items)
        case .setItem, .setItems:
            let items = try inPairs(opcode == .setItem ? try pop(2) : try popToMark())
            guard case .dictionary = heap[try top()].kind else { throw mismatch(opcode, "a dict") }
            heap.extend(try top(), by: items)
        default:
            let items = try popToMark()
            guard case .set = heap[try top()].kind else { throw mismatch(opcode, "a set") }
            heap.extend(try top(), by: items)
        }
    }

    private func inPairs(_ items: [Int]) throws(PickleError) -> [Int] {
        guard items.count.isMultiple(of: 2) else { throw error(.malformed, "a key without a value") }
        return items
    }

    private func mismatch(_ opcode: PickleOpcode, _ expected: String) -> PickleError {
        error(.malformed, "\(opcode.name) needs \(expected)")
    }
}
