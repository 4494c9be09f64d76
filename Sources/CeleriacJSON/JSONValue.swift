/// Any JSON value, as data.
///
/// Integers stay integers of any size, and `1.0` stays a double, because Python distinguishes them.
///
/// Texts and keys are compared by their bytes, so that equal values have equal ``bytes``.
public enum JSONValue: Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    /// The decimal digits, with sign, of an integer that does not fit into 64 bits; kept unchanged.
    case bigInteger(String)
    case double(Double)
    case string(String)
    /// A string that contains lone surrogates.
    case illFormedString(IllFormedString)
    case array([JSONValue])
    case object(JSONObject)
}

extension JSONValue: Hashable {
    public static func == (left: JSONValue, right: JSONValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.integer(let left), .integer(let right)): left == right
        case (.bigInteger(let left), .bigInteger(let right)): left == right
        case (.double(let left), .double(let right)): left == right
        case (.string(let left), .string(let right)): left.isIdentical(to: right)
        case (.illFormedString(let left), .illFormedString(let right)): left == right
        case (.array(let left), .array(let right)): left == right
        case (.object(let left), .object(let right)): left == right
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .bool(let value): hasher.combine(value)
        case .integer(let value): hasher.combine(value)
        case .bigInteger(let digits): hasher.combine(digits)
        case .double(let value): hasher.combine(value)
        case .string(let text): hasher.combine(JSONKey(text))
        case .illFormedString(let text): hasher.combine(text)
        case .array(let elements): hasher.combine(elements)
        case .object(let members): hasher.combine(members)
        }
    }
}

// MARK: Looking in

extension JSONValue {
    public var isNull: Bool { self == .null }

    public var boolValue: Bool? { if case .bool(let value) = self { value } else { nil } }

    /// The value as an integer; `nil` for doubles, even integral ones, and for integers that `Int` cannot hold.
    public var intValue: Int? { if case .integer(let value) = self { Int(exactly: value) } else { nil } }

    /// The value of a double or an integer.
    public var doubleValue: Double? {
        switch self {
        case .double(let value): value
        case .integer(let value): Double(value)
        case .bigInteger(let digits): Double(digits)
        case .null, .bool, .string, .illFormedString, .array, .object: nil
        }
    }

    /// The value as text; also `nil` for a string with lone surrogates: see ``illFormedString(_:)``.
    public var stringValue: String? { if case .string(let value) = self { value } else { nil } }
    public var arrayValue: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
    public var objectValue: JSONObject? { if case .object(let value) = self { value } else { nil } }

    /// The text of a string as a key, with its lone surrogates.
    public var keyValue: JSONKey? {
        switch self {
        case .string(let text): JSONKey(text)
        case .illFormedString(let text): JSONKey(text)
        case .null, .bool, .integer, .bigInteger, .double, .array, .object: nil
        }
    }

    /// The text of a key.
    public init(_ key: JSONKey) { self = key.illFormed.map(JSONValue.illFormedString) ?? .string(key.text) }

    /// The member of an object; `nil` if there is none, or if this is not an object.
    public subscript(key: String) -> JSONValue? { objectValue?[JSONKey(key)] }

    /// The element of an array; `nil` beyond its end, or if this is not an array.
    public subscript(index: Int) -> JSONValue? {
        guard let elements = arrayValue, elements.indices.contains(index) else { return nil }
        return elements[index]
    }
}

extension JSONValue {
    /// The value with U+FFFD in place of each lone surrogate, in keys too.
    package var replacingLoneSurrogates: JSONValue {
        switch self {
        case .null, .bool, .integer, .bigInteger, .double, .string: self
        case .illFormedString(let text): .string(text.description)
        case .array(let elements): .array(elements.map(\.replacingLoneSurrogates))
        case .object(let members):
            .object(
                JSONObject(
                    members.map { (JSONKey($0.key.text), $0.value.replacingLoneSurrogates) }, uniquingKeysWith: { $1 }))
        }
    }
}

// MARK: Text

extension JSONValue {
    /// Reads a whole JSON text.
    ///
    /// As lenient as Python's `json`: `NaN`, `Infinity` and `-Infinity` are numbers, a lone surrogate is kept
    /// (``illFormedString(_:)``), and of two equal keys the last one is used.
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
    public init(dictionaryLiteral elements: (JSONKey, JSONValue)...) {
        self = .object(Dictionary(elements, uniquingKeysWith: { $1 }))
    }
}
