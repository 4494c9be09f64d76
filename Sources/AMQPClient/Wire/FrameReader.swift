import NIOCore

/// Cuts received bytes into frames. Holds no more than one incomplete frame and what one read brings.
struct FrameReader: Sendable {
    private var bytes = ByteBuffer()
    /// The most bytes that a frame may have, its eight bytes of overhead included.
    var limit: Int
    private var violation: AMQPViolation?

    init(limit: Int) { self.limit = limit }

    /// The number of bytes that are held because their frame is incomplete.
    var held: Int { bytes.readableBytes }

    mutating func feed(_ more: ByteBuffer) {
        guard violation == nil else { return }
        if bytes.readableBytes == 0 {
            bytes = more
        } else {
            // Otherwise the bytes of all frames read so far would stay in memory.
            bytes.discardReadBytes()
            bytes.writeImmutableBuffer(more)
        }
    }

    /// Returns the next frame; `nil` if more bytes are needed. After a violation each call throws it again.
    mutating func next() throws(AMQPViolation) -> Frame? {
        if let violation { throw violation }
        do throws(AMQPViolation) {
            return try read()
        } catch {
            violation = error
            bytes = ByteBuffer()
            throw error
        }
    }

    private mutating func read() throws(AMQPViolation) -> Frame? {
        guard let first = bytes.getInteger(at: bytes.readerIndex, as: UInt8.self) else { return nil }
        guard let kind = Frame.Kind(rawValue: first) else {
            throw first == Frame.protocolHeader[0] ? .otherVersion : .unknownFrame(first)
        }
        guard let (_, channel, size) = bytes.peekMultipleIntegers(as: (UInt8, UInt16, UInt32).self) else { return nil }
        let total = Int(size) + Frame.overhead
        guard total <= limit else { throw .frameTooLarge(size: total, limit: limit) }
        guard bytes.readableBytes >= total else { return nil }
        return try take(kind, channel, size: Int(size))
    }

    private mutating func take(_ kind: Frame.Kind, _ channel: UInt16, size: Int) throws(AMQPViolation) -> Frame {
        bytes.moveReaderIndex(forwardBy: 7)
        guard let payload = bytes.readSlice(length: size) else { throw .truncated("a frame") }
        let end: UInt8 = try bytes.number("a frame")
        guard end == Frame.end else { throw .wrongFrameEnd(end) }
        return Frame(kind: kind, channel: channel, payload: payload)
    }
}
