import CeleriacCore

/// Writes MessagePack while it walks over JSON text, each value in its shortest form, as Python's `msgpack` does.
struct MessagePackWriter {
    private(set) var bytes: [UInt8] = []

    /// Writes the next value.
    ///
    /// Recursive: the reader stops at ``JSONLimits/hardDepth``.
    mutating func write(_ reader: inout JSONReader) throws {
        switch reader.kind() {
        case .array: try writeArray(&reader)
        case .object:
            if let tagged = try PythonTagged(passing: &reader) { write(tagged) } else { try writeMap(&reader) }
        default: try write(try reader.value())
        }
    }

    private mutating func writeArray(_ reader: inout JSONReader) throws {
        let start = begin()
        var count = 0
        try reader.beginArray()
        while try reader.nextElement() {
            try write(&reader)
            count += 1
        }
        end(start, count, fix: 0x90, wide: 0xDC)
    }

    private mutating func writeMap(_ reader: inout JSONReader) throws {
        let start = begin()
        var count = 0
        try reader.beginObject()
        while let key = try reader.nextExactKey() {
            guard key.illFormed == nil else { throw CeleriacError.loneSurrogate(in: "MessagePack") }
            write(key.text)
            try write(&reader)
            count += 1
        }
        end(start, count, fix: 0x80, wide: 0xDE)
    }

    // MARK: Scalars

    private mutating func write(_ value: JSONValue) throws {
        switch value {
        case .null: bytes.append(0xC0)
        case .bool(let value): bytes.append(value ? 0xC3 : 0xC2)
        case .integer(let value): write(value)
        case .bigInteger(let digits):
            guard let value = UInt64(digits) else {
                throw CeleriacError(
                    .invalidArguments,
                    "MessagePack cannot represent integers of more than 64 bits: send them as text, or use JSON")
            }
            append(0xCF, value, size: 8)
        case .double(let value): append(0xCB, value.bitPattern, size: 8)
        case .string(let text): write(text)
        case .illFormedString: throw CeleriacError.loneSurrogate(in: "MessagePack")
        // Containers are written element by element.
        case .array, .object: break
        }
    }

    private mutating func write(_ value: Int64) {
        switch value {
        case -32...127: bytes.append(UInt8(truncatingIfNeeded: value))
        case 0...0xFF: append(0xCC, UInt64(value), size: 1)
        case 0...0xFFFF: append(0xCD, UInt64(value), size: 2)
        case 0...0xFFFF_FFFF: append(0xCE, UInt64(value), size: 4)
        case 0...: append(0xCF, UInt64(value), size: 8)
        default:
            let code: UInt8 = value >= -0x80 ? 0 : value >= -0x8000 ? 1 : value >= -0x8000_0000 ? 2 : 3
            append(0xD0 + code, UInt64(bitPattern: value), size: 1 << Int(code))
        }
    }

    private mutating func write(_ text: String) {
        let utf8 = Array(text.utf8)
        if utf8.count < 32 { bytes.append(0xA0 | UInt8(utf8.count)) } else { appendLength(0xD9, utf8.count) }
        bytes += utf8
    }

    private mutating func write(_ tagged: PythonTagged) {
        switch tagged {
        case .bytes(let content):
            appendLength(0xC4, content.count)
            bytes += content
        case .date(let text), .datetime(let text), .text(let text): write(text)
        }
    }

    // MARK: Heads

    /// Reserves the head of a small container.
    private mutating func begin() -> Int {
        bytes.append(0)
        return bytes.count - 1
    }

    private mutating func end(_ start: Int, _ count: Int, fix: UInt8, wide: UInt8) {
        if count < 16 { return bytes[start] = fix | UInt8(count) }
        let isShort = count <= 0xFFFF
        bytes[start] = isShort ? wide : wide + 1
        let size = isShort ? 2 : 4
        bytes.insert(
            contentsOf: (0..<size).map { UInt8(truncatingIfNeeded: count >> (8 * (size - 1 - $0))) }, at: start + 1)
    }

    /// Writes a length with its code. `code` is the first of three, for lengths of one, two and four bytes.
    private mutating func appendLength(_ code: UInt8, _ count: Int) {
        let step: UInt8 = count <= 0xFF ? 0 : count <= 0xFFFF ? 1 : 2
        append(code + step, UInt64(count), size: 1 << Int(step))
    }

    private mutating func append(_ code: UInt8, _ value: UInt64, size: Int) {
        bytes.append(code)
        for place in stride(from: 8 * (size - 1), through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(place)))
        }
    }
}
