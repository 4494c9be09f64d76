/// The key of a JSON object, compared by its bytes.
///
/// Swift's `String` treats texts as equal that Unicode calls canonically equivalent, such as `é` as one character and
/// as two. In JSON and Python these are two keys, and an object may have both. A key may contain lone surrogates, too.
public struct JSONKey: Sendable, Hashable, Comparable {
    /// The text of the key, with U+FFFD in place of lone surrogates.
    public let text: String
    /// The exact key, if `text` cannot represent it.
    public let illFormed: IllFormedString?

    public init(_ text: String) {
        self.text = text
        illFormed = nil
    }

    public init(_ string: IllFormedString) {
        text = string.description
        illFormed = string
    }

    /// Whether the key has exactly the bytes of this text.
    public func matches(_ text: String) -> Bool { illFormed == nil && self.text.isIdentical(to: text) }

    public static func == (left: JSONKey, right: JSONKey) -> Bool {
        left.illFormed == right.illFormed && left.text.isIdentical(to: right.text)
    }

    public func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }

    /// Compares the UTF-8 bytes, which gives the order of the code points.
    public static func < (left: JSONKey, right: JSONKey) -> Bool {
        if left.illFormed == nil, right.illFormed == nil {
            return left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
        }
        return left.bytes.lexicographicallyPrecedes(right.bytes)
    }

    private var bytes: [UInt8] { illFormed?.bytes ?? Array(text.utf8) }
}

extension JSONKey: ExpressibleByStringLiteral, CustomStringConvertible {
    public init(stringLiteral value: String) { self.init(value) }

    public var description: String { text }
}

extension JSONKey: Codable, CodingKeyRepresentable {
    public init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    public var codingKey: any CodingKey { ElementKey(text) }

    public init?(codingKey: some CodingKey) { self.init(codingKey.stringValue) }
}

extension String {
    /// Whether both texts have the same bytes. `==` also treats canonically equivalent texts as equal.
    package func isIdentical(to other: String) -> Bool {
        var (left, right) = (self, other)
        return left.withUTF8 { left in right.withUTF8 { left.count == $0.count && left.elementsEqual($0) } }
    }
}

/// The members of a JSON object.
public typealias JSONObject = [JSONKey: JSONValue]

extension Dictionary where Key == JSONKey {
    /// Makes an object from a dictionary whose keys are plain text.
    public init(_ members: [String: Value]) {
        self.init(uniqueKeysWithValues: members.map { (JSONKey($0.key), $0.value) })
    }

    /// The member whose key has exactly the bytes of this text.
    public subscript(_ name: String) -> Value? {
        get { self[JSONKey(name)] }
        set { self[JSONKey(name)] = newValue }
    }

    /// The member whose key has exactly the bytes of this text, or a default.
    public subscript(_ name: String, default value: @autoclosure () -> Value) -> Value {
        get { self[JSONKey(name), default: value()] }
        set { self[JSONKey(name)] = newValue }
    }

    @discardableResult
    public mutating func removeValue(forKey name: String) -> Value? { removeValue(forKey: JSONKey(name)) }
}
