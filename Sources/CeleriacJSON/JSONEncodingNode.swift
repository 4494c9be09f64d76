/// The encoder of one value: writes straight into the text as the `Codable` calls come in.
///
/// Only containers that a type nests by hand, or a super encoder, have a text of their own, because they may be written
/// at any time: ``EncodingOutput`` inserts it at the end.
final class EncodingNode: Encoder {
    private enum Shape { case empty, object, array, value }

    let output: EncodingOutput
    let userInfo: [CodingUserInfoKey: Any] = [:]
    private let parent: EncodingNode?
    private let key: any CodingKey
    /// The coding path of a node without a parent.
    private let root: [any CodingKey]
    private let depth: Int
    private var shape = Shape.empty
    private(set) var count = 0

    init(_ output: EncodingOutput, root: [any CodingKey] = [], depth: Int = 0) {
        self.output = output
        self.root = root
        self.depth = depth
        parent = nil
        key = ElementKey.none
    }

    private init(parent: EncodingNode, key: any CodingKey) {
        output = parent.output
        root = []
        depth = parent.depth + 1
        self.parent = parent
        self.key = key
    }

    var codingPath: [any CodingKey] {
        parent?.codingPath.appending(key) ?? root
    }

    // MARK: Encoder

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(KeyedEncoding<Key>(node: becoming(.object)))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer { UnkeyedEncoding(node: becoming(.array)) }

    func singleValueContainer() -> any SingleValueEncodingContainer { SingleValueEncoding(node: self) }

    /// Ends the value's container; a value that encoded nothing becomes an empty object.
    func finish() {
        switch shape {
        case .object: output.writer.endObject()
        case .array: output.writer.endArray()
        case .value: break
        case .empty:
            output.writer.beginObject()
            output.writer.endObject()
        }
    }

    /// Opens the container on the first call. A second container of another kind is an error in the encoded type: the
    /// error is thrown at the end, and values written to that container are discarded.
    private func becoming(_ kind: Shape) -> EncodingNode {
        if shape == kind { return self }
        guard shape == .empty else {
            output.fail("encode(to:) requested containers of two kinds for one value", codingPath)
            return EncodingNode(EncodingOutput(JSONWriter(), output.nilMembers)).becoming(kind)
        }
        shape = kind
        kind == .object ? output.writer.beginObject() : output.writer.beginArray()
        return self
    }

    // MARK: What the containers call

    func putKey(_ key: some CodingKey) { output.writer.key(key.stringValue) }

    func putElement() -> ElementKey {
        defer { count += 1 }
        return ElementKey(count)
    }

    /// Reserves the place for a single value.
    func putSingle() throws {
        guard shape == .empty else {
            throw output.fail("encode(to:) encoded a second value in the same place", codingPath)
        }
        shape = .value
    }

    func put<Value: Encodable, Key: CodingKey>(_ value: Value, at key: Key) throws {
        if try output.writer.direct(value) { return }
        try putNested(value, at: key)
    }

    func putNested<Value: Encodable>(_ value: Value, at key: any CodingKey) throws {
        let child = EncodingNode(parent: self, key: key)
        guard child.depth < JSONLimits.hardDepth else { throw EncodingOutput.tooDeep }
        if let dictionary = value as? any StringKeyed {
            try dictionary.putMembers(into: child.becoming(.object))
        } else {
            try value.encode(to: child)
        }
        child.finish()
    }

    /// Returns an encoder whose text is inserted here at the end.
    func putHole(at key: any CodingKey) -> EncodingNode {
        let node = EncodingNode(
            EncodingOutput(JSONWriter(), output.nilMembers), root: codingPath + [key], depth: depth + 1)
        output.putHole(for: node)
        return node
    }
}
