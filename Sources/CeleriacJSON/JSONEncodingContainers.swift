/// The containers that ``EncodingNode`` returns. Each generic method serves the protocol's methods for all basic types.
struct KeyedEncoding<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let node: EncodingNode

    var codingPath: [any CodingKey] { node.codingPath }

    func encodeNil(forKey key: Key) {
        node.putKey(key)
        node.output.writer.null()
    }

    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        node.putKey(key)
        try node.put(value, at: key)
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type, forKey key: Key
    ) -> KeyedEncodingContainer<NestedKey> {
        hole(at: key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { hole(at: key).unkeyedContainer() }

    func superEncoder() -> any Encoder { hole(at: ElementKey.super) }
    func superEncoder(forKey key: Key) -> any Encoder { hole(at: key) }

    private func hole(at key: some CodingKey) -> EncodingNode {
        node.putKey(key)
        return node.putHole(at: key)
    }
}

struct UnkeyedEncoding: UnkeyedEncodingContainer {
    let node: EncodingNode

    var codingPath: [any CodingKey] { node.codingPath }
    var count: Int { node.count }

    func encodeNil() {
        _ = node.putElement()
        node.output.writer.null()
    }

    func encode<Value: Encodable>(_ value: Value) throws { try node.put(value, at: node.putElement()) }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type
    ) -> KeyedEncodingContainer<NestedKey> {
        superNode().container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { superNode().unkeyedContainer() }
    func superEncoder() -> any Encoder { superNode() }

    private func superNode() -> EncodingNode { node.putHole(at: node.putElement()) }
}

struct SingleValueEncoding: SingleValueEncodingContainer {
    let node: EncodingNode

    var codingPath: [any CodingKey] { node.codingPath }

    func encodeNil() throws {
        try node.putSingle()
        node.output.writer.null()
    }

    func encode<Value: Encodable>(_ value: Value) throws {
        try node.putSingle()
        try node.put(value, at: ElementKey.none)
    }
}

/// A dictionary that is written as an object. Its own `encode(to:)` writes its members in an order that differs between
/// processes; sorted, equal dictionaries produce equal text, which uniqueness by arguments requires.
protocol StringKeyed {
    func putMembers(into object: EncodingNode) throws
}

extension Dictionary: StringKeyed where Key: JSONDirectKey, Value: Encodable {
    func putMembers(into object: EncodingNode) throws {
        for (name, value) in sorted(by: { $0.key < $1.key }) {
            name.writeKey(to: &object.output.writer)
            try object.put(value, at: name.pathKey)
        }
    }
}
