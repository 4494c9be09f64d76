import NIOCore

/// A table that is kept as the bytes of the wire: only what is asked for is decoded.
extension AMQPTable {
    /// Calls `body` with the fields.
    ///
    /// - Returns: `nil` if the table is not kept as bytes.
    package func withFields<Value>(_ body: (inout AMQPFields) -> Value) -> Value? {
        encoded?.withUnsafeBufferPointer { bytes in
            var fields = AMQPFields(bytes)
            return body(&fields)
        }
    }

    /// Whether a name begins with this byte, as far as that can be told quickly.
    package func mayHaveName(beginningWith byte: UInt8) -> Bool {
        withFields { fields in
            while let field = fields.next() { if field.name.first == byte { return true } }
            return false
        } ?? true
    }

    static func entries(of bytes: [UInt8]) -> [Entry] {
        var buffer = ByteBuffer(bytes: bytes)
        var entries: [Entry] = []
        while buffer.readableBytes > 0, let name = try? buffer.shortString(), let value = try? buffer.value(depth: 1) {
            entries.append(Entry(name, value))
        }
        return entries
    }

    /// The last value of this name.
    static func value(of name: String, in bytes: [UInt8]) -> AMQPValue? {
        var name = name
        return bytes.withUnsafeBufferPointer { bytes in
            name.withUTF8 { name in
                var fields = AMQPFields(bytes)
                var last: AMQPField?
                while let field = fields.next() { if field.has(name: name) { last = field } }
                return last?.value
            }
        }
    }
}

extension ByteBuffer {
    /// Reads a table, checks it, and keeps its bytes.
    mutating func encodedTable() throws(AMQPViolation) -> AMQPTable {
        let fields = try longBytes()
        if let violation = fields.withUnsafeBufferPointer({ AMQPFields.violation(in: $0) }) { throw violation }
        return AMQPTable(encoded: fields)
    }
}
