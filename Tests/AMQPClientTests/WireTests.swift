import NIOCore
import TestKit
import Testing

@testable import AMQPClient

@Suite("the wire format")
struct WireTests {
    private func written(_ body: (inout ByteBuffer) throws -> Void) rethrows -> ByteBuffer {
        var buffer = ByteBuffer()
        try body(&buffer)
        return buffer
    }

    @Test("every method is read as it was written")
    func methods() throws {
        var chance = Chance()
        for _ in 0..<50 {
            for method in Method.every(&chance) {
                let bytes = try written { try method.write(to: &$0) }
                #expect(try Method(from: bytes) == method, "seed \(chance.seed)")
                #expect(!"\(method.id)".contains { $0.isNumber }, "\(method.id) has a name")
            }
        }
    }

    @Test("a method that is cut off, or longer than it is, is refused")
    func cutOff() throws {
        var chance = Chance()
        for method in Method.every(&chance) {
            let bytes = try written { try method.write(to: &$0) }
            for count in 0..<bytes.readableBytes {
                let part = bytes.getSlice(at: 0, length: count) ?? ByteBuffer()
                #expect(throws: AMQPViolation.self, "\(method.id)") { try Method(from: part) }
            }
            var longer = bytes
            longer.writeInteger(UInt8(0))
            #expect(throws: AMQPViolation.excess(1)) { try Method(from: longer) }
        }
    }

    @Test("properties and tables are read as they were written")
    func properties() throws {
        var chance = Chance()
        for _ in 0..<500 {
            let header = ContentHeader(bodySize: chance.number(), properties: .random(&chance))
            let bytes = try written { try header.write(to: &$0) }
            #expect(try ContentHeader(from: bytes) == header, "seed \(chance.seed)")
        }
    }

    @Test(
        "every field type is read",
        arguments: [
            ([0x74, 1], .boolean(true)), ([0x62, 0xFF], .integer(-1)), ([0x42, 0xFF], .integer(255)),
            ([0x73, 0xFF, 0xFE], .integer(-2)), ([0x75, 0xFF, 0xFE], .integer(65_534)),
            ([0x49, 0xFF, 0xFF, 0xFF, 0xFF], .integer(-1)), ([0x69, 0xFF, 0xFF, 0xFF, 0xFF], .integer(4_294_967_295)),
            ([0x6C, 0, 0, 0, 1, 0, 0, 0, 0], .integer(4_294_967_296)),
            ([0x4C, 0, 0, 0, 1, 0, 0, 0, 0], .integer(4_294_967_296)), ([0x66, 0x3F, 0x80, 0, 0], .double(1)),
            ([0x64, 0x3F, 0xF0, 0, 0, 0, 0, 0, 0], .double(1)),
            ([0x44, 2, 0, 0, 1, 0x3A], .decimal(scale: 2, value: 314)), ([0x53, 0, 0, 0, 1, 0x61], "a"),
            ([0x53, 0, 0, 0, 1, 0xFF], .malformedString([0xFF])), ([0x41, 0, 0, 0, 2, 0x56, 0x56], [nil, nil]),
            ([0x54, 0, 0, 0, 0, 0, 0, 0, 9], .timestamp(9)), ([0x46, 0, 0, 0, 3, 1, 0x61, 0x56], ["a": nil]),
            ([0x56], nil), ([0x78, 0, 0, 0, 1, 0xFF], .bytes([0xFF])),
        ] as [([UInt8], AMQPValue)])
    func fields(bytes: [UInt8], value: AMQPValue) throws {
        var buffer = ByteBuffer(bytes: bytes)
        #expect(try buffer.value(depth: 1) == value)
        #expect(buffer.readableBytes == 0)
    }

    @Test("a field of an unknown type is refused")
    func unknownField() {
        for type in UInt8.min ... .max where !"tbBsuIilLfdDSATFVx".utf8.contains(type) {
            var buffer = ByteBuffer(bytes: [type] + [UInt8](repeating: 0, count: 16))
            #expect(throws: AMQPViolation.unknownFieldType(type)) { try buffer.value(depth: 1) }
        }
    }

    @Test("tables are nested up to 32 levels, to read and to write")
    func depth() throws {
        func nested(_ depth: Int) -> AMQPTable {
            (1..<depth).reduce(AMQPTable()) { inner, level in
                AMQPTable([("x", level.isMultiple(of: 2) ? .array([.table(inner)]) : .table(inner))])
            }
        }
        // Of the 31 levels below the outermost table, 15 have an array around them.
        let deepest = try written { try $0.write(table: nested(22)) }
        var reader = deepest
        #expect(try reader.table() == nested(22))
        #expect(throws: AMQPViolation.tooDeep(limit: 32)) { try written { try $0.write(table: nested(23)) } }
        var bytes: [UInt8] = []
        for _ in 0..<40 {
            let inner = bytes
            bytes = Array(UInt32(inner.count + (inner.isEmpty ? 0 : 3)).bigEndianBytes)
            if !inner.isEmpty { bytes += [1, 0x78, 0x46] + inner }
            if bytes.count == 4 { continue }
        }
        var deep = ByteBuffer(bytes: bytes)
        #expect(throws: AMQPViolation.tooDeep(limit: 32)) { try deep.table() }
    }

    @Test("a length beyond the bytes at hand is refused before anything is allocated")
    func lyingLengths() {
        for type in "SxAF".utf8 {
            var buffer = ByteBuffer(bytes: [type, 0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3])
            #expect(throws: AMQPViolation.truncated("a long string")) { try buffer.value(depth: 1) }
        }
        var short = ByteBuffer(bytes: [200, 1, 2])
        #expect(throws: AMQPViolation.truncated("a short string")) { try short.shortString() }
    }

    @Test("names of 256 bytes and names with NUL are not written; CR and LF are only bytes")
    func names() throws {
        let long = String(repeating: "n", count: 256)
        for (name, violation) in [(long, AMQPViolation.longName(256)), ("a\0b", .nulInName)] {
            var buffer = ByteBuffer(bytes: [7])
            let method = Method.queue(.purge(queue: name))
            #expect(throws: violation) { try buffer.write(method, channel: 1, limit: 4096) }
            #expect(buffer.readableBytes == 1, "nothing of it is left")
            #expect(throws: violation) {
                try AMQPMessage(routingKey: name).write(to: &buffer, channel: 1, limit: 4096)
            }
            let message = AMQPMessage(routingKey: "q", properties: AMQPProperties(headers: [name: 1]))
            #expect(throws: violation) { try message.write(to: &buffer, channel: 1, limit: 4096) }
            #expect(buffer.readableBytes == 1, "nothing of it is left")
        }
        let odd = Method.queue(.purge(queue: "a\r\nb"))
        #expect(try Method(from: try written { try odd.write(to: &$0) }) == odd)
        #expect(throws: Never.self) { try written { try $0.write(short: String(repeating: "n", count: 255)) } }
    }

    @Test("headers beyond a frame are not written")
    func largeHeaders() throws {
        let headers: AMQPTable = ["x": .string(String(repeating: "y", count: 5000))]
        var buffer = ByteBuffer()
        let message = AMQPMessage(routingKey: "q", properties: AMQPProperties(headers: headers), body: [1])
        #expect(throws: AMQPViolation.self) { try message.write(to: &buffer, channel: 1, limit: 4096) }
        #expect(buffer.readableBytes == 0)
        #expect(throws: Never.self) { try message.write(to: &buffer, channel: 1, limit: 8192) }
    }

    @Test("a body is cut into frames of the agreed size", arguments: [0, 1, 4087, 4088, 4089, 8176, 10_000])
    func bodies(count: Int) throws {
        let body = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        var buffer = ByteBuffer()
        try AMQPMessage(routingKey: "q", body: body).write(to: &buffer, channel: 3, limit: 4096)
        var reader = FrameReader(limit: 4096)
        reader.feed(buffer)
        var frames: [Frame] = []
        while let frame = try reader.next() { frames.append(frame) }
        #expect(frames.allSatisfy { $0.channel == 3 })
        #expect(frames.dropFirst(2).flatMap { Array($0.payload.readableBytesView) } == body)
        #expect(frames.count == 2 + (count + 4087) / 4088)
    }
}

extension UInt32 {
    fileprivate var bigEndianBytes: [UInt8] {
        [UInt8(self >> 24), UInt8(self >> 16 & 255), UInt8(self >> 8 & 255), UInt8(self & 255)]
    }
}
