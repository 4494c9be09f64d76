/// The machine that runs a pickle, without the opcodes that import and call.
///
/// Every step reads at least one byte and makes at most one node, so the length of the pickle bounds its work and
/// memory. ``PickleExpansion`` bounds the size of the expanded value.
struct PickleReader {
    let bytes: [UInt8]
    let limits: PickleLimits
    var position = 0
    /// The place of the opcode that is being run; for errors.
    private(set) var start = 0
    var heap = PickleHeap()
    private(set) var stack: [Int] = []
    /// The height of the stack at each open mark.
    private var marks: [Int] = []
    private var memo: [Int: Int] = [:]
    /// The number of bytes and items that calls have copied so far.
    var copied = 0

    init(_ bytes: [UInt8], limits: PickleLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    mutating func run() throws(PickleError) -> PickleValue {
        while true {
            start = position
            let byte = try self.byte()
            guard let opcode = PickleOpcode.table[Int(byte)] else {
                throw PickleError(.unknownOpcode, "0x" + String(byte, radix: 16), at: start)
            }
            guard opcode != .stop else { break }
            try carryOut(opcode)
        }
        guard position == bytes.count else { throw error(.malformed, "there are bytes after its end") }
        var expansion = PickleExpansion(of: heap, limits: limits)
        return try expansion.value(of: try pop())
    }

    private mutating func carryOut(_ opcode: PickleOpcode) throws(PickleError) {
        switch opcode {
        case .stop: break
        case .proto, .frame, .mark, .pop, .popMark, .dup: try step(opcode)
        case .put, .binPut, .longBinPut, .memoize, .get, .binGet, .longBinGet: try remember(opcode)
        case .none, .newTrue, .newFalse, .int, .binInt, .binInt1, .binInt2, .long, .long1, .long4, .float, .binFloat:
            push(.value(try number(opcode)))
        case .string, .binString, .shortBinString, .unicode, .shortBinUnicode, .binUnicode, .binUnicode8:
            push(.value(try text(opcode)))
        case .shortBinBytes, .binBytes, .binBytes8, .byteArray8: push(.value(.bytes(Array(try content(opcode)))))
        case .emptyList, .list, .emptyTuple, .tuple, .tuple1, .tuple2, .tuple3, .emptyDict, .dict, .emptySet,
            .frozenSet:
            try container(opcode)
        case .append, .appends, .setItem, .setItems, .addItems: try extend(opcode)
        case .global, .stackGlobal, .reduce, .newObj, .build, .inst, .obj, .newObjEx, .ext1, .ext2, .ext4, .persID,
            .binPersID, .nextBuffer, .readonlyBuffer:
            try call(opcode)
        }
    }

    // MARK: The stack

    mutating func push(_ kind: PickleHeap.Kind, _ items: [Int] = []) { stack.append(heap.add(kind, items)) }

    /// Takes the topmost node. Nodes under an open mark cannot be taken.
    mutating func pop() throws(PickleError) -> Int {
        guard stack.count > marks.last ?? 0 else { throw error(.malformed, "it pops from an empty stack") }
        return stack.removeLast()
    }

    func top() throws(PickleError) -> Int {
        guard stack.count > marks.last ?? 0, let id = stack.last else {
            throw error(.malformed, "it reads from an empty stack")
        }
        return id
    }

    mutating func pop(_ count: Int) throws(PickleError) -> [Int] {
        guard stack.count - count >= marks.last ?? 0 else { throw error(.malformed, "it pops from an empty stack") }
        defer { stack.removeLast(count) }
        return Array(stack.suffix(count))
    }

    /// Takes all nodes that were pushed since the last mark, and the mark.
    mutating func popToMark() throws(PickleError) -> [Int] {
        guard let height = marks.popLast() else { throw error(.malformed, "a mark is missing") }
        defer { stack.removeLast(stack.count - height) }
        return Array(stack[height...])
    }

    private mutating func step(_ opcode: PickleOpcode) throws(PickleError) {
        switch opcode {
        case .proto:
            let version = try byte()
            guard version <= 5 else { throw error(.unknownProtocol, "\(version)") }
        case .frame:
            // A frame only declares how much may be read at once, but a frame beyond the end shows that the pickle is
            // incomplete.
            let length = try unsigned(8)
            guard length <= bytes.count - position else { throw error(.truncated, "a frame of \(length) bytes") }
        case .mark: marks.append(stack.count)
        case .pop where marks.last == stack.count: marks.removeLast()
        case .pop: _ = try pop()
        case .popMark: _ = try popToMark()
        default: stack.append(try top())
        }
    }

    // MARK: The memo

    private mutating func remember(_ opcode: PickleOpcode) throws(PickleError) {
        switch opcode {
        case .put: try put(at: try lineNumber())
        case .binPut: try put(at: Int(try byte()))
        case .longBinPut: try put(at: try unsigned(4))
        case .memoize: try put(at: memo.count)
        case .get: try get(try lineNumber())
        case .binGet: try get(Int(try byte()))
        default: try get(try unsigned(4))
        }
    }

    private mutating func put(at place: Int) throws(PickleError) {
        memo[place] = try top()
        guard memo.count <= limits.memo else {
            throw error(.tooLarge, "more than \(limits.memo) memo entries")
        }
    }

    private mutating func get(_ place: Int) throws(PickleError) {
        guard let id = memo[place] else { throw error(.malformed, "the memo has no entry \(place)") }
        stack.append(id)
    }

    private mutating func lineNumber() throws(PickleError) -> Int {
        guard let number = Int(try asciiLine()), number >= 0 else {
            throw error(.malformed, "not an index of the memo")
        }
        return number
    }

    // MARK: Errors

    func error(_ code: PickleError.Code, _ reason: String) -> PickleError { PickleError(code, reason, at: start) }
}
