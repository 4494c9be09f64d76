/// The containers that ``DecodingNode`` returns. Each generic method serves the protocol's methods for all basic types.
struct KeyedDecoding<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let node: DecodingNode
    let members: ObjectIndex

    var codingPath: [any CodingKey] { node.codingPath }

    /// Callers that ask for all keys, such as `Dictionary`, use them as strings. If that would merge two members or
    /// change a key, decoding the members fails.
    var allKeys: [Key] {
        let keys = members.keys(in: node.text)
        if Set(keys.map(\.text)).count < keys.count || keys.contains(where: { $0.illFormed != nil }) {
            node.hasAmbiguousKeys = true
        }
        return keys.compactMap { Key(stringValue: $0.text) }
    }

    func contains(_ key: Key) -> Bool { find(key) != nil }

    func decodeNil(forKey key: Key) throws -> Bool { node.isNull(at: try offset(of: key)) }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        try node.value(type, at: offset(of: key), key: key)
    }

    func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
        guard let offset = find(key), !node.isNull(at: offset) else { return nil }
        return try node.value(type, at: offset, key: key)
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<NestedKey> {
        try nested(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try nested(key).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder {
        guard let offset = members.offset(of: ElementKey.super.stringValue, in: node.text) else {
            throw DecodingError.keyNotFound(ElementKey.super, context)
        }
        return node.node(at: offset, key: ElementKey.super)
    }

    func superDecoder(forKey key: Key) throws -> any Decoder { try nested(key) }

    private var context: DecodingError.Context {
        DecodingError.Context(codingPath: codingPath, debugDescription: "the object has no such member")
    }

    private var ambiguity: DecodingError.Context {
        DecodingError.Context(
            codingPath: codingPath,
            debugDescription: "the object has keys that String cannot distinguish or represent: decode it as JSONObject"
        )
    }

    private func find(_ key: Key) -> Int? { members.offset(of: key.stringValue, in: node.text) }

    private func offset(of key: Key) throws -> Int {
        guard !node.hasAmbiguousKeys else { throw DecodingError.dataCorrupted(ambiguity) }
        guard let offset = find(key) else { throw DecodingError.keyNotFound(key, context) }
        return offset
    }

    private func nested(_ key: Key) throws -> DecodingNode { node.node(at: try offset(of: key), key: key) }
}

struct UnkeyedDecoding: UnkeyedDecodingContainer {
    let node: DecodingNode
    let offsets: [Int]
    private(set) var currentIndex = 0

    init(node: DecodingNode, offsets: [Int]) {
        self.node = node
        self.offsets = offsets
    }

    var codingPath: [any CodingKey] { node.codingPath }
    var count: Int? { offsets.count }
    var isAtEnd: Bool { currentIndex == offsets.count }

    mutating func decodeNil() throws -> Bool {
        let isNull = node.isNull(at: try offset(for: Never?.self))
        if isNull { currentIndex += 1 }
        return isNull
    }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let value = try node.value(type, at: offset(for: type), key: ElementKey(currentIndex))
        currentIndex += 1
        return value
    }

    mutating func decodeIfPresent<Value: Decodable>(_ type: Value.Type) throws -> Value? {
        guard !isAtEnd, try !decodeNil() else { return nil }
        return try decode(type)
    }

    mutating func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type
    ) throws -> KeyedDecodingContainer<NestedKey> {
        try nested().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try nested().unkeyedContainer() }
    mutating func superDecoder() throws -> any Decoder { try nested() }

    private mutating func nested() throws -> DecodingNode {
        let nested = node.node(at: try offset(for: JSONValue.self), key: ElementKey(currentIndex))
        currentIndex += 1
        return nested
    }

    private func offset(for type: Any.Type) throws -> Int {
        guard !isAtEnd else {
            let path = codingPath + [ElementKey(currentIndex)]
            throw DecodingError.valueNotFound(
                type, .init(codingPath: path, debugDescription: "the array has no further element"))
        }
        return offsets[currentIndex]
    }
}

struct SingleValueDecoding: SingleValueDecodingContainer {
    let node: DecodingNode

    var codingPath: [any CodingKey] { node.codingPath }

    func decodeNil() -> Bool { node.isNull() }
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try node.value(type) }
}
