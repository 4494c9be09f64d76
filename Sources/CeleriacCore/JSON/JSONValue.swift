/// Any JSON value, as data.
///
/// Integers stay integers of any size, and `1.0` stays a double: Python tells them apart.
public enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case integer(Int64)
    /// The decimal digits, with sign, of an integer that 64 bits do not hold; kept as they came.
    case bigInteger(String)
    case double(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])
}

// MARK: Looking in

extension JSONValue {
    public var isNull: Bool { self == .null }

    public var boolValue: Bool? { if case .bool(let value) = self { value } else { nil } }

    /// The value as an integer; `nil` for doubles too, integral or not, and for what `Int` does not hold.
    public var intValue: Int? { if case .integer(let value) = self { Int(exactly: value) } else { nil } }

    /// The value of a double or an integer.
    public var doubleValue: Double? {
        switch self {
        case .double(let value): value
        case .integer(let value): Double(value)
        case .bigInteger(let digits): Double(digits)
        case .null, .bool, .string, .array, .object: nil
        }
    }

    public var stringValue: String? { if case .string(let value) = self { value } else { nil } }
    public var arrayValue: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
    public var objectValue: [String: JSONValue]? { if case .object(let value) = self { value } else { nil } }

    /// The member of an object; `nil` where there is none, or this is no object.
    public subscript(key: String) -> JSONValue? { objectValue?[key] }

    /// The element of an array; `nil` behind its end, or where this is no array.
    public subscript(index: Int) -> JSONValue? {
        guard let elements = arrayValue, elements.indices.contains(index) else { return nil }
        return elements[index]
    }
}

// MARK: Text

extension JSONValue {
    /// Reads a whole JSON text.
    ///
    /// Lenient where Python's `json` is: `NaN`, `Infinity` and `-Infinity` are numbers, a lone surrogate becomes U+FFFD,
    /// of two equal keys the last one stands.
    public init(parsing text: some Sequence<UInt8>, limits: JSONLimits = JSONLimits()) throws(JSONError) {
        var reader = try JSONReader(text as? [UInt8] ?? Array(text), limits: limits)
        self = try reader.value()
        try reader.finish()
    }

    /// Reads a whole JSON text.
    public init(parsing text: String, limits: JSONLimits = JSONLimits()) throws(JSONError) {
        try self.init(parsing: Array(text.utf8), limits: limits)
    }

    /// Compact JSON text with sorted keys: equal values have equal bytes.
    public var bytes: [UInt8] {
        var writer = JSONWriter()
        writer.write(self)
        return writer.bytes
    }

    /// ``bytes`` as a string.
    public var text: String { String(decoding: bytes, as: UTF8.self) }
}

// MARK: Literals

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(nilLiteral: ()) { self = .null }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(floatLiteral value: Double) { self = .double(value) }
    public init(stringLiteral value: String) { self = .string(value) }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Dictionary(elements, uniquingKeysWith: { $1 }))
    }
}
