/// The decoder of one value. The whole text is checked when its first container is created.
final class DecodingNode: Decoder {
    let userInfo: [CodingUserInfoKey: Any] = [:]
    let text: [UInt8]
    /// The position at which the value begins.
    private let offset: Int
    /// The position at which the document ends; the array of bytes may be longer.
    private let end: Int
    private let parent: DecodingNode?
    private let key: any CodingKey
    private let limits: JSONLimits
    /// Whether the keys were requested as strings although strings cannot represent them.
    var hasAmbiguousKeys = false
    /// The text that is not checked yet; set only in the root.
    private var unchecked: JSONDocument?

    init(_ document: JSONDocument) {
        text = document.bytes
        offset = Self.firstByte(of: document)
        end = document.range.upperBound
        unchecked = document
        limits = document.limits.withoutLimits
        parent = nil
        key = ElementKey.none
    }

    private init(at offset: Int, parent: DecodingNode, key: any CodingKey) {
        text = parent.text
        self.offset = offset
        end = parent.end
        limits = parent.limits
        self.parent = parent
        self.key = key
    }

    var codingPath: [any CodingKey] { (parent?.codingPath ?? []).appending(key) }

    /// Throws unless the whole text is well-formed and within its limits.
    func check() throws {
        try unchecked?.read(JSONValue.self) { scanner throws(JSONError) in _ = try scanner.skipValue() }
        unchecked = nil
    }

    private static func firstByte(of document: JSONDocument) -> Int {
        document.bytes[document.range].firstIndex { ![0x20, 0x0A, 0x0D, 0x09].contains($0) }
            ?? document.range.lowerBound
    }

    // MARK: Decoder

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        let members = try readContainer(JSONObject.self) { scanner throws(JSONError) in
            try ObjectIndex(scanning: &scanner)
        }
        return KeyedDecodingContainer(KeyedDecoding<Key>(node: self, members: members))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        let offsets = try readContainer([JSONValue].self) { scanner throws(JSONError) in
            var offsets: [Int] = []
            try scanner.begin(object: false)
            while try scanner.nextElement() { offsets.append(try scanner.skipValue().lowerBound) }
            return offsets
        }
        return UnkeyedDecoding(node: self, offsets: offsets)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        try check()
        return SingleValueDecoding(node: self)
    }

    /// Reads a container to its end, which also checks it.
    private func readContainer<Value>(
        _ type: Any.Type, _ body: (inout JSONScanner) throws(JSONError) -> Value
    ) throws -> Value {
        guard let document = unchecked else { return try reading(type, at: offset, body) }
        let value = try document.read(type, body)
        unchecked = nil
        return value
    }

    // MARK: What the containers call

    func isNull(at offset: Int? = nil) -> Bool {
        let offset = offset ?? self.offset
        return offset < end && text[offset] == UInt8(ascii: "n")
    }

    /// Decodes the value of this node, in a place without a key of its own.
    func value<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try value(type, at: offset, key: ElementKey.none)
    }

    func value<Value: Decodable, Key: CodingKey>(_ type: Value.Type, at place: Int, key: Key) throws -> Value {
        do throws(JSONError) {
            // The four most common types by one comparison each. The types are equal, so each bit cast is the identity.
            if type == Int.self { return unsafeBitCast(try int(at: place), to: Value.self) }
            if type == String.self { return unsafeBitCast(try string(at: place), to: Value.self) }
            if type == Bool.self { return unsafeBitCast(try bool(at: place), to: Value.self) }
            if type == Double.self { return unsafeBitCast(try double(at: place), to: Value.self) }
            if let coder = DirectCoder.coder(of: type) { return try read(type, by: coder, at: place) }
        } catch {
            throw DecodingError(error, decoding: type, isNull: isNull(at: place), codingPath.appending(key))
        }
        return try Value(from: node(at: place, key: key))
    }

    private func read<Value>(
        _ type: Value.Type, by coder: DirectCoder, at place: Int
    ) throws(JSONError) -> Value {
        try scan(at: place) { scanner throws(JSONError) in try scanner.read(type, by: coder) }
    }

    /// The decoder of a value within this one, or of this value again if the key is `ElementKey.none`.
    func node(at offset: Int, key: any CodingKey) -> DecodingNode {
        DecodingNode(at: offset, parent: self, key: key)
    }

    private func int(at place: Int) throws(JSONError) -> Int {
        try scan(at: place) { scanner throws(JSONError) in try scanner.integer(Int.self) }
    }

    private func string(at place: Int) throws(JSONError) -> String {
        try scan(at: place) { scanner throws(JSONError) in try scanner.plainOrTaggedText() }
    }

    private func bool(at place: Int) throws(JSONError) -> Bool {
        try scan(at: place) { scanner throws(JSONError) in try scanner.bool() }
    }

    private func double(at place: Int) throws(JSONError) -> Double {
        try scan(at: place) { scanner throws(JSONError) in try scanner.double() }
    }

    private func reading<Value>(
        _ type: Any.Type, at offset: Int, _ body: (inout JSONScanner) throws(JSONError) -> Value
    ) throws -> Value {
        do throws(JSONError) { return try scan(at: offset, body) } catch {
            throw DecodingError(error, decoding: type, isNull: isNull(at: offset), codingPath)
        }
    }

    @inline(__always)
    private func scan<Value>(
        at offset: Int, _ body: (inout JSONScanner) throws(JSONError) -> Value
    ) throws(JSONError) -> Value {
        try text.withUnsafeBufferPointer { text throws(JSONError) in
            var scanner = JSONScanner(UnsafeBufferPointer(rebasing: text[..<end]), limits: limits)
            scanner.position = offset
            return try body(&scanner)
        }
    }
}

extension DecodingError {
    init(_ error: JSONError, decoding type: Any.Type, isNull: Bool, _ path: [any CodingKey]) {
        let context = Context(codingPath: path, debugDescription: error.description, underlyingError: error)
        if error.code != .typeMismatch {
            self = .dataCorrupted(context)
        } else {
            self = isNull ? .valueNotFound(type, context) : .typeMismatch(type, context)
        }
    }
}
