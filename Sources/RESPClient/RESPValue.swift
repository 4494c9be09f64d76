/// An answer of a server: any value of RESP2 or RESP3.
public enum RESPValue: Sendable, Hashable {
    case null
    case boolean(Bool)
    case integer(Int64)
    case double(Double)
    /// A simple string, such as `+OK`.
    case simple(String)
    case blob([UInt8])
    /// A number with any count of digits.
    case bigNumber(String)
    case array([RESPValue])
    /// Keys and values alternate, in the server's order.
    case map([RESPValue])
    case set([RESPValue])
    /// An error; inside an array, that of one command of a transaction or of one step of a script.
    case error(RESPServerError)

    public var isNull: Bool { self == .null }
    public var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
    /// The value as a double, even if RESP2 or a script sent it as an integer or as text.
    public var double: Double? {
        switch self {
        case .double(let value): value
        case .integer(let value): Double(value)
        default: text.flatMap(Double.init)
        }
    }
    /// The bytes of a blob or of a simple string.
    public var bytes: [UInt8]? {
        switch self {
        case .blob(let bytes): bytes
        case .simple(let text), .bigNumber(let text): Array(text.utf8)
        default: nil
        }
    }
    /// The bytes as text; invalid UTF-8 is replaced.
    public var text: String? {
        switch self {
        case .blob(let bytes): String(decoding: bytes, as: UTF8.self)
        case .simple(let text), .bigNumber(let text): text
        default: nil
        }
    }
    /// The elements of an array, set or map (of a map, keys and values alternate).
    public var elements: [RESPValue]? {
        switch self {
        case .array(let elements), .map(let elements), .set(let elements): elements
        default: nil
        }
    }
}

/// An error that the server sent: `WRONGTYPE Operation against …`.
public struct RESPServerError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The first word, `ERR`, `NOSCRIPT`, `OOM`, `READONLY`, ….
    public let kind: String
    /// The whole message, without the arguments of a command that it quotes.
    public let description: String

    public init(_ text: String) {
        kind = String(text.prefix { $0 != " " })
        description = Self.withoutArguments(text)
    }

    /// Redis quotes the arguments of an unknown command; those of HELLO contain the password.
    private static func withoutArguments(_ text: String) -> String {
        guard let words = text.firstRange(of: ", with args beginning with") else { return text }
        return String(text[..<words.lowerBound])
    }
}
