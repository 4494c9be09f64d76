/// A value of a table: a header of a message, or an argument of a declaration.
///
/// All integers are read as ``integer(_:)`` and all floating-point numbers as ``double(_:)``, whatever their width on the
/// wire. The field types are those of RabbitMQ ("AMQP 0-9-1 Errata", section 3), which differ from the specification's;
/// they are written as py-amqp 5 writes them.
public enum AMQPValue: Sendable, Hashable {
    /// `V`.
    case null
    /// `t`.
    case boolean(Bool)
    /// Read from `b B s u I i l L`; written as `I` if it fits into 32 bits, else as `L`, which py-amqp of any
    /// version reads as signed.
    case integer(Int64)
    /// Read from `f d`; written as `d`.
    case double(Double)
    /// `D`: `value` divided by ten to the power of `scale`.
    case decimal(scale: UInt8, value: Int32)
    /// `S`, valid UTF-8.
    case string(String)
    /// `S` that is not UTF-8: its bytes as they arrived, and written back as they are.
    case malformedString([UInt8])
    /// `x`.
    case bytes([UInt8])
    /// `T`: seconds since 1970, UTC.
    case timestamp(UInt64)
    /// `A`.
    case array([AMQPValue])
    /// `F`.
    case table(AMQPTable)

    /// The text of a valid string; `nil` for any other value.
    public var string: String? { if case .string(let value) = self { value } else { nil } }
    public var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
    public var boolean: Bool? { if case .boolean(let value) = self { value } else { nil } }
    public var double: Double? { if case .double(let value) = self { value } else { nil } }
    public var array: [AMQPValue]? { if case .array(let value) = self { value } else { nil } }
    public var table: AMQPTable? { if case .table(let value) = self { value } else { nil } }
    public var isNull: Bool { self == .null }
}

extension AMQPValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
}

extension AMQPValue: ExpressibleByNilLiteral, ExpressibleByFloatLiteral, ExpressibleByArrayLiteral {
    public init(nilLiteral: ()) { self = .null }
    public init(floatLiteral value: Double) { self = .double(value) }
    public init(arrayLiteral elements: AMQPValue...) { self = .array(elements) }
}

extension AMQPValue: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, AMQPValue)...) { self = .table(AMQPTable(elements)) }
}
