/// The opcodes that import, build or call. Nothing here does any of that: a known name of plain data selects a
/// constructor of ours (``PickleConstructor``), and any other name ends the reading.
extension PickleReader {
    mutating func call(_ opcode: PickleOpcode) throws(PickleError) {
        switch opcode {
        case .global: push(.callable(try callable(opcode, module: try name(), name: try name())))
        case .stackGlobal: try stackGlobal()
        case .reduce: try reduce()
        case .newObj: try newObject()
        case .build: try build()
        case .inst: throw refusal(opcode, try name() + "." + (try name()))
        case .persID: throw refusal(opcode, try name())
        case .ext1: throw refusal(opcode, "\(try unsigned(1))")
        case .ext2: throw refusal(opcode, "\(try unsigned(2))")
        case .ext4: throw refusal(opcode, "\(try unsigned(4))")
        default: throw refusal(opcode, nil)
        }
    }

    // MARK: Names

    private func callable(
        _ opcode: PickleOpcode, module: String, name: String
    ) throws(PickleError) -> PickleCallable {
        guard let callable = PickleCallable(module: module, name: name) else {
            throw refusal(opcode, module + "." + name)
        }
        return callable
    }

    private mutating func stackGlobal() throws(PickleError) {
        let names = try pop(2).map { heap[$0].kind }
        guard case .value(.string(let module)) = names[0], case .value(.string(let name)) = names[1] else {
            throw refusal(.stackGlobal, "of something that is not a name")
        }
        push(.callable(try callable(.stackGlobal, module: module, name: name)))
    }

    /// Reads a line of text, which is only shown in errors or compared with known names.
    private mutating func name() throws(PickleError) -> String { String(decoding: try line(), as: UTF8.self) }

    // MARK: Calls

    private mutating func reduce() throws(PickleError) {
        let arguments = heap[try pop()]
        let callee = heap[try pop()].kind
        guard case .callable(let callable) = callee else { throw refusal(.reduce, "of something that is not a name") }
        guard case .tuple = arguments.kind else { throw error(.malformed, "REDUCE needs a tuple of arguments") }
        try construct(callable, by: .reduce, arguments.items)
    }

    private mutating func newObject() throws(PickleError) {
        let arguments = heap[try pop()]
        guard case .callable(let callable) = heap[try pop()].kind else {
            throw refusal(.newObj, "of something that is not a name")
        }
        guard callable == .uuid, arguments.items.isEmpty else { throw refusal(.newObj, callable.rawValue) }
        push(.bareUUID)
    }

    private mutating func construct(
        _ callable: PickleCallable, by opcode: PickleOpcode, _ items: [Int]
    ) throws(PickleError) {
        let arguments = items.map { heap[$0] }
        switch callable {
        case .set, .frozenSet, .orderedDictionary:
            guard let elements = PickleConstructor.elements(of: callable, arguments) else { throw misuse(of: callable) }
            try charge(elements.count)
            push(callable == .set ? .set : callable == .frozenSet ? .frozenSet : .dictionary, elements)
        case .reconstructor:
            guard PickleConstructor.isBareUUID(arguments) else { throw refusal(opcode, callable.rawValue) }
            push(.bareUUID)
        case .uuid, .object: throw refusal(opcode, callable.rawValue)
        default:
            let values = arguments.compactMap { if case .value(let value) = $0.kind { value } else { nil } }
            guard values.count == arguments.count, let value = PickleConstructor.value(of: callable, values) else {
                throw misuse(of: callable)
            }
            try charge(value.contentBytes)
            push(.value(value))
        }
    }

    /// A few bytes can read or copy a long text or list in the memo again and again, so the total that is copied is
    /// limited.
    private mutating func charge(_ count: Int) throws(PickleError) {
        copied += count
        guard copied <= limits.contentBytes else {
            throw error(.tooLarge, "more than \(limits.contentBytes) bytes or items are copied")
        }
    }

    /// Sets the state of a UUID: `{"int": …}`. The uniqueness guarantee (`is_safe`) is ignored.
    private mutating func build() throws(PickleError) {
        let state = heap[try pop()]
        let id = try top()
        guard case .bareUUID = heap[id].kind else { throw refusal(.build, nil) }
        // Python writes at most two entries, and many objects could share one long dictionary as their state.
        guard case .dictionary = state.kind, state.items.count <= 8 else { throw misuse(of: .uuid) }
        for place in stride(from: 0, to: state.items.count, by: 2) {
            guard case .value(.string("int")) = heap[state.items[place]].kind else { continue }
            guard case .value(let number) = heap[state.items[place + 1]].kind,
                let uuid = PickleConstructor.uuid(number)
            else { throw misuse(of: .uuid) }
            heap.fill(id, with: uuid)
        }
    }

    // MARK: Errors

    private func misuse(of callable: PickleCallable) -> PickleError {
        error(.malformed, "\(callable.rawValue) with unexpected arguments")
    }

    /// - Parameter name: foreign text, which is shown shortened and without control characters.
    private func refusal(_ opcode: PickleOpcode, _ name: String?) -> PickleError {
        guard let name else { return error(.refused, opcode.name) }
        let shown = name.unicodeScalars.prefix(120).map { (0x20..<0x7F).contains($0.value) ? Character($0) : "?" }
        return error(.refused, opcode.name + " " + String(shown))
    }
}
