public import Foundation

/// The value of a parameter, in PostgreSQL's binary format.
///
/// No type is sent with it: the SQL text casts each parameter, `$1::int8`. A Swift `nil` is SQL's null.
public struct PostgresValue: Sendable {
    enum Content: Sendable {
        case null
        /// At most eight bytes, as they lie in memory.
        case word(UInt64, count: Int)
        case bytes([UInt8])
        case text(String)
    }

    let content: Content

    init(_ content: Content) { self.content = content }

    private init<Number: FixedWidthInteger>(_ number: Number?) {
        guard let number else {
            content = .null
            return
        }
        var word: UInt64 = 0
        withUnsafeMutableBytes(of: &word) { $0.storeBytes(of: number.bigEndian, as: Number.self) }
        content = .word(word, count: MemoryLayout<Number>.size)
    }

    public static var null: PostgresValue { PostgresValue(.null) }
    /// For `int8`.
    public static func int(_ value: Int64?) -> PostgresValue { PostgresValue(value) }
    /// For `int4`.
    public static func int4(_ value: Int32?) -> PostgresValue { PostgresValue(value) }
    /// For `int2`.
    public static func int2(_ value: Int16?) -> PostgresValue { PostgresValue(value) }
    /// For `bool`.
    public static func bool(_ value: Bool?) -> PostgresValue { PostgresValue(value.map { $0 ? 1 as UInt8 : 0 }) }
    /// For `float8`.
    public static func double(_ value: Double?) -> PostgresValue { PostgresValue(value?.bitPattern) }
    /// For `text`, `varchar`, `json`. The server refuses a text that contains a NUL character.
    public static func text(_ value: String?) -> PostgresValue { PostgresValue(value.map(Content.text) ?? .null) }
    /// For `bytea`, and for any other type whose binary format the caller knows: the 16 bytes of a `uuid`.
    public static func bytes(_ value: [UInt8]?) -> PostgresValue { PostgresValue(value.map(Content.bytes) ?? .null) }
    /// For `timestamptz`: rounded to microseconds, clamped to PostgreSQL's range.
    public static func date(_ value: Date?) -> PostgresValue {
        PostgresValue(value.map { PostgresMoment($0).microseconds })
    }

    /// The length in bytes.
    var count: Int {
        switch content {
        case .null: 0
        case .word(_, let count): count
        case .bytes(let bytes): bytes.count
        case .text(let text): text.utf8.count
        }
    }
}

/// Never shows the value.
extension PostgresValue: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String {
        if case .null = content { "null" } else { "\(count) bytes" }
    }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["count": count]) }
}
