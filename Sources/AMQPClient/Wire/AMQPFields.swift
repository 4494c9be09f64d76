import NIOCore

/// One field of a table, in the bytes of the wire. Valid as long as they are.
package struct AMQPField {
    package let name: UnsafeBufferPointer<UInt8>
    /// The letter of the type, see ``AMQPValue``.
    package let type: UInt8
    /// The value; of texts, bytes, arrays and tables without the length.
    package let content: UnsafeBufferPointer<UInt8>
    /// From the type's letter on.
    fileprivate let whole: UnsafeBufferPointer<UInt8>

    func has(name other: UnsafeBufferPointer<UInt8>) -> Bool { name.count == other.count && name.elementsEqual(other) }

    package var value: AMQPValue? {
        var buffer = ByteBuffer(bytes: whole)
        return try? buffer.value(depth: 1)
    }
}

/// The fields of a table one after another, without a decoded value.
package struct AMQPFields {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var place = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// The next field; `nil` at the end, and at bytes that are no field.
    package mutating func next() -> AMQPField? { try? read() }

    private mutating func read() throws(AMQPViolation) -> AMQPField? {
        guard place < bytes.count else { return nil }
        let name = try name()
        let start = place
        let (type, content) = try value()
        return AMQPField(
            name: name, type: type, content: content, whole: UnsafeBufferPointer(rebasing: bytes[start..<place]))
    }

    private mutating func name() throws(AMQPViolation) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: try take(Int(bytes[place]) + 1, "a short string").dropFirst())
    }

    private mutating func value() throws(AMQPViolation) -> (type: UInt8, content: UnsafeBufferPointer<UInt8>) {
        let type = try take(1, "a field")[0]
        return (type, try content(type))
    }

    private mutating func content(_ type: UInt8) throws(AMQPViolation) -> UnsafeBufferPointer<UInt8> {
        switch type {
        case UInt8(ascii: "S"), UInt8(ascii: "x"), UInt8(ascii: "A"), UInt8(ascii: "F"):
            let length = try take(4, "a long string").reduce(0) { $0 << 8 | Int($1) }
            return try take(length, "a long string")
        case UInt8(ascii: "V"): return try take(0, "a field")
        case UInt8(ascii: "t"), UInt8(ascii: "b"), UInt8(ascii: "B"): return try take(1, "a number")
        case UInt8(ascii: "s"), UInt8(ascii: "u"): return try take(2, "a number")
        case UInt8(ascii: "I"), UInt8(ascii: "i"), UInt8(ascii: "f"): return try take(4, "a number")
        case UInt8(ascii: "D"): return try take(5, "a decimal")
        case UInt8(ascii: "l"), UInt8(ascii: "L"), UInt8(ascii: "d"), UInt8(ascii: "T"): return try take(8, "a number")
        default: throw .unknownFieldType(type)
        }
    }

    private mutating func take(_ count: Int, _ part: String) throws(AMQPViolation) -> UnsafeBufferPointer<UInt8> {
        guard bytes.count - place >= count else { throw .truncated(part) }
        defer { place += count }
        return UnsafeBufferPointer(rebasing: bytes[place..<place + count])
    }
}

extension AMQPFields {
    /// Checks the fields of a table, and those of the tables and arrays inside it.
    ///
    /// - Returns: the first violation; `nil` for a table that is well-formed.
    static func violation(in bytes: UnsafeBufferPointer<UInt8>) -> AMQPViolation? {
        do throws(AMQPViolation) {
            var fields = AMQPFields(bytes)
            try fields.check(depth: 1, areNamed: true)
            return nil
        } catch {
            return error
        }
    }

    private mutating func check(depth: Int, areNamed: Bool) throws(AMQPViolation) {
        guard depth <= ByteBuffer.deepestTable else { throw .tooDeep(limit: ByteBuffer.deepestTable) }
        while place < bytes.count {
            if areNamed { _ = try name() }
            let (type, content) = try value()
            guard type == UInt8(ascii: "F") || type == UInt8(ascii: "A") else { continue }
            var inner = AMQPFields(content)
            try inner.check(depth: depth + 1, areNamed: type == UInt8(ascii: "F"))
        }
    }
}
