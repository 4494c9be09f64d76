/// Reads bytes, lines and lengths, never past the end.
extension PickleReader {
    mutating func byte() throws(PickleError) -> UInt8 {
        guard position < bytes.count else { throw error(.truncated, "it ends too early") }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func take(_ count: Int) throws(PickleError) -> ArraySlice<UInt8> {
        guard count >= 0, count <= bytes.count - position else { throw error(.truncated, "it ends too early") }
        defer { position += count }
        return bytes[position..<position + count]
    }

    /// Reads a little-endian number of `width` bytes; a number beyond `Int` is clamped to the largest.
    mutating func unsigned(_ width: Int) throws(PickleError) -> Int {
        let value = try take(width).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return Int(clamping: value)
    }

    /// The bytes up to the next line break.
    mutating func line() throws(PickleError) -> ArraySlice<UInt8> {
        guard let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) else {
            throw error(.truncated, "a line without a line break")
        }
        defer { position = end + 1 }
        return bytes[position..<end]
    }

    mutating func asciiLine() throws(PickleError) -> String {
        let line = try line()
        guard line.allSatisfy({ $0 < 0x80 }) else { throw error(.malformed, "a line that is not ASCII") }
        return String(decoding: line, as: UTF8.self)
    }

    /// Reads the bytes of a text or a binary, which follow their length.
    mutating func content(_ opcode: PickleOpcode) throws(PickleError) -> ArraySlice<UInt8> {
        switch opcode {
        case .shortBinString, .shortBinUnicode, .shortBinBytes: try take(try unsigned(1))
        case .binString, .binUnicode, .binBytes: try take(try unsigned(4))
        default: try take(try unsigned(8))
        }
    }
}
