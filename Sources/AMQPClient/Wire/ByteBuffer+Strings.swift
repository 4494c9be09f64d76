import NIOCore

/// Integers and strings (AMQP 0-9-1, section 4.2.5). Every length is compared with the bytes at hand before anything is
/// allocated.
extension ByteBuffer {
    mutating func number<Number: FixedWidthInteger>(
        _ part: String, as type: Number.Type = Number.self
    ) throws(AMQPViolation) -> Number {
        guard let value = readInteger(as: Number.self) else { throw .truncated(part) }
        return value
    }

    /// Reads up to 255 bytes of text; invalid UTF-8 is replaced.
    mutating func shortString() throws(AMQPViolation) -> String {
        guard let length = readInteger(as: UInt8.self), let text = readString(length: Int(length)) else {
            throw .truncated("a short string")
        }
        return text
    }

    mutating func longString() throws(AMQPViolation) -> ByteBuffer {
        guard let length = readInteger(as: UInt32.self), let bytes = readSlice(length: Int(length)) else {
            throw .truncated("a long string")
        }
        return bytes
    }

    mutating func longBytes() throws(AMQPViolation) -> [UInt8] { Array(try longString().readableBytesView) }

    mutating func longText() throws(AMQPViolation) -> String { String(buffer: try longString()) }

    mutating func write(short text: String) throws(AMQPViolation) {
        let start = writerIndex
        writeInteger(UInt8(0))
        let count = writeString(text)
        guard count <= 255 else { throw .longName(count) }
        guard !text.utf8.contains(0) else { throw .nulInName }
        setInteger(UInt8(count), at: start)
    }

    /// Writes the number of bytes, then the bytes. What follows checks that they fit into a frame.
    mutating func write(long bytes: [UInt8]) {
        writeInteger(UInt32(clamping: bytes.count))
        writeBytes(bytes)
    }

    mutating func write(long text: String) {
        writeInteger(UInt32(clamping: text.utf8.count))
        writeString(text)
    }

    /// Writes up to eight bits as one octet, the first one in the lowest bit.
    mutating func write(bits: Bool...) {
        writeInteger(bits.enumerated().reduce(UInt8(0)) { $0 | ($1.element ? 1 << UInt8($1.offset) : 0) })
    }

    /// Reads the octet of up to eight bits.
    mutating func bits() throws(AMQPViolation) -> Bits { Bits(octet: try number("a bit")) }

    struct Bits {
        let octet: UInt8
        subscript(index: UInt8) -> Bool { octet & (1 << index) != 0 }
    }
}
