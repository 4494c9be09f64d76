import NIOCore

/// Field tables and arrays, nested up to 32 levels.
extension ByteBuffer {
    static let deepestTable = 32

    mutating func table(depth: Int = 1) throws(AMQPViolation) -> AMQPTable {
        var bytes = try longString()
        guard depth <= Self.deepestTable else { throw .tooDeep(limit: Self.deepestTable) }
        var entries: [AMQPTable.Entry] = []
        while bytes.readableBytes > 0 {
            let name = try bytes.shortString()
            entries.append(AMQPTable.Entry(name, try bytes.value(depth: depth)))
        }
        return AMQPTable(entries: entries)
    }

    mutating func value(depth: Int) throws(AMQPViolation) -> AMQPValue {
        let type: UInt8 = try number("a field")
        switch type {
        case UInt8(ascii: "S"): return try string()
        case UInt8(ascii: "V"): return .null
        case UInt8(ascii: "t"): return .boolean(try number("a boolean", as: UInt8.self) != 0)
        case UInt8(ascii: "f"): return .double(Double(Float(bitPattern: try number("a number"))))
        case UInt8(ascii: "d"): return .double(Double(bitPattern: try number("a number")))
        case UInt8(ascii: "D"): return .decimal(scale: try number("a decimal"), value: try number("a decimal"))
        case UInt8(ascii: "x"): return .bytes(try longBytes())
        case UInt8(ascii: "T"): return .timestamp(try number("a timestamp"))
        case UInt8(ascii: "A"): return .array(try array(depth: depth + 1))
        case UInt8(ascii: "F"): return .table(try table(depth: depth + 1))
        default: return .integer(try integer(type))
        }
    }

    private mutating func integer(_ type: UInt8) throws(AMQPViolation) -> Int64 {
        switch type {
        case UInt8(ascii: "b"): Int64(try number("a number", as: Int8.self))
        case UInt8(ascii: "B"): Int64(try number("a number", as: UInt8.self))
        case UInt8(ascii: "s"): Int64(try number("a number", as: Int16.self))
        case UInt8(ascii: "u"): Int64(try number("a number", as: UInt16.self))
        case UInt8(ascii: "I"): Int64(try number("a number", as: Int32.self))
        case UInt8(ascii: "i"): Int64(try number("a number", as: UInt32.self))
        case UInt8(ascii: "l"), UInt8(ascii: "L"): try number("a number")
        default: throw .unknownFieldType(type)
        }
    }

    private mutating func string() throws(AMQPViolation) -> AMQPValue {
        let bytes = try longString()
        let text = bytes.withUnsafeReadableBytes { String(validating: $0, as: UTF8.self) }
        return text.map { .string($0) } ?? .malformedString(Array(bytes.readableBytesView))
    }

    private mutating func array(depth: Int) throws(AMQPViolation) -> [AMQPValue] {
        var bytes = try longString()
        guard depth <= Self.deepestTable else { throw .tooDeep(limit: Self.deepestTable) }
        var values: [AMQPValue] = []
        while bytes.readableBytes > 0 { values.append(try bytes.value(depth: depth)) }
        return values
    }
}

extension ByteBuffer {
    mutating func write(table: AMQPTable, depth: Int = 1) throws(AMQPViolation) {
        guard depth <= Self.deepestTable else { throw .tooDeep(limit: Self.deepestTable) }
        // An encoded table is known to be no deeper than one that is not inside another.
        if depth == 1, let encoded = table.encoded { return write(long: encoded) }
        let start = writerIndex
        writeInteger(UInt32(0))
        for entry in table.entries {
            try write(short: entry.name)
            try write(value: entry.value, depth: depth)
        }
        endCounted(from: start)
    }

    private mutating func write(value: AMQPValue, depth: Int) throws(AMQPViolation) {
        switch value {
        case .null: writeType("V")
        case .boolean(let value):
            writeType("t")
            write(bits: value)
        case .integer(let value): write(integer: value)
        case .double(let value): writeMultipleIntegers(UInt8(ascii: "d"), value.bitPattern)
        case .decimal(let scale, let value): writeMultipleIntegers(UInt8(ascii: "D"), scale, value)
        case .string(let text):
            writeType("S")
            write(long: text)
        case .malformedString(let bytes):
            writeType("S")
            write(long: bytes)
        case .bytes(let bytes):
            writeType("x")
            write(long: bytes)
        case .timestamp(let seconds): writeMultipleIntegers(UInt8(ascii: "T"), seconds)
        case .array(let values): try write(array: values, depth: depth + 1)
        case .table(let table):
            writeType("F")
            try write(table: table, depth: depth + 1)
        }
    }

    private mutating func write(integer value: Int64) {
        if let value = Int32(exactly: value) {
            writeMultipleIntegers(UInt8(ascii: "I"), value)
        } else {
            writeMultipleIntegers(UInt8(ascii: "L"), value)
        }
    }

    private mutating func write(array values: [AMQPValue], depth: Int) throws(AMQPViolation) {
        guard depth <= Self.deepestTable else { throw .tooDeep(limit: Self.deepestTable) }
        writeType("A")
        let start = writerIndex
        writeInteger(UInt32(0))
        for value in values { try write(value: value, depth: depth) }
        endCounted(from: start)
    }

    private mutating func writeType(_ letter: Unicode.Scalar) { writeInteger(UInt8(ascii: letter)) }

    /// Sets the count of the bytes that were written after the four octets at `start`.
    private mutating func endCounted(from start: Int) {
        setInteger(UInt32(clamping: writerIndex - start - 4), at: start)
    }
}

extension AMQPTable {
    func encodedWithoutLength() throws(AMQPViolation) -> [UInt8] {
        var buffer = ByteBuffer()
        try buffer.write(table: self)
        return Array(buffer.readableBytesView.dropFirst(4))
    }
}
