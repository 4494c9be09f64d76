import NIOCore
import TestKit
import Testing

@testable import AMQPClient

@Suite("the frame reader")
struct FrameReaderTests {
    private func frames(_ bytes: [UInt8], limit: Int = 4096) throws -> [Frame] {
        var reader = FrameReader(limit: limit)
        reader.feed(ByteBuffer(bytes: bytes))
        var frames: [Frame] = []
        while let frame = try reader.next() { frames.append(frame) }
        return frames
    }

    @Test("frames are read however the bytes are cut")
    func cuts() throws {
        var chance = Chance()
        var bytes = ByteBuffer()
        for channel in 0..<20 as Range<UInt16> {
            let payload = chance.bytes(0...200)
            try bytes.writeFrame(.body, channel: channel, limit: 4096) { $0.writeBytes(payload) }
            bytes.writeHeartbeat()
        }
        var whole = FrameReader(limit: 4096)
        whole.feed(bytes)
        var expected: [Frame] = []
        while let frame = try whole.next() { expected.append(frame) }
        var reader = FrameReader(limit: 4096)
        var found: [Frame] = []
        for part in chance.buffers(of: bytes) {
            reader.feed(part)
            while let frame = try reader.next() { found.append(frame) }
        }
        #expect(found == expected && found.count == 40, "seed \(chance.seed)")
        #expect(reader.held == 0)
    }

    @Test("a frame beyond the agreed size is refused by its head alone")
    func oversized() throws {
        #expect(throws: AMQPViolation.frameTooLarge(size: 4097, limit: 4096)) {
            try frames([3, 0, 1, 0, 0, 0x0F, 0xF9])
        }
        #expect(try frames([3, 0, 1, 0, 0, 0x0F, 0xF8]).isEmpty)
        let largest = Int(UInt32.max) + 8
        #expect(throws: AMQPViolation.frameTooLarge(size: largest, limit: 4096)) {
            try frames([3, 0, 1, 255, 255, 255, 255])
        }
    }

    @Test("a wrong end octet, an unknown type and another protocol are refused")
    func malformed() throws {
        #expect(throws: AMQPViolation.wrongFrameEnd(0xCD)) { try frames([8, 0, 0, 0, 0, 0, 0, 0xCD]) }
        #expect(throws: AMQPViolation.unknownFrame(4)) { try frames([4]) }
        #expect(throws: AMQPViolation.otherVersion) { try frames(Array("AMQP".utf8) + [1, 1, 0, 10]) }
        #expect(throws: AMQPViolation.unknownFrame(72)) { try frames(Array("HTTP/1.1 400\r\n".utf8)) }
        #expect("\(AMQPViolation.unknownFrame(0x15))".contains("TLS"))
    }

    @Test("after a violation nothing more is read or kept")
    func afterViolation() throws {
        var reader = FrameReader(limit: 4096)
        reader.feed(ByteBuffer(bytes: [4]))
        #expect(throws: AMQPViolation.unknownFrame(4)) { try reader.next() }
        reader.feed(ByteBuffer(bytes: [8, 0, 0, 0, 0, 0, 0, 0xCE]))
        #expect(throws: AMQPViolation.unknownFrame(4)) { try reader.next() }
        #expect(reader.held == 0)
    }
}
