import NIOCore

/// One frame (AMQP 0-9-1, section 4.2.3): type, channel, size, payload, end octet.
struct Frame: Sendable, Hashable {
    enum Kind: UInt8, Sendable {
        case method = 1
        case header = 2
        case body = 3
        case heartbeat = 8

        var description: String {
            switch self {
            case .method: "a method"
            case .header: "a content header"
            case .body: "a body"
            case .heartbeat: "a heartbeat"
            }
        }
    }

    static let end: UInt8 = 0xCE
    /// Bytes of a frame beside its payload.
    static let overhead = 8
    /// Both sides accept frames of this size at any time.
    static let smallestLimit = 4096
    /// The first bytes that a client sends: the protocol and its version.
    static let protocolHeader: [UInt8] = Array("AMQP".utf8) + [0, 0, 9, 1]

    let kind: Kind
    let channel: UInt16
    let payload: ByteBuffer
}

extension ByteBuffer {
    /// Writes a frame whose payload `body` writes. If it throws or exceeds `limit` bytes, nothing is written.
    mutating func writeFrame(
        _ kind: Frame.Kind, channel: UInt16, limit: Int,
        _ body: (inout ByteBuffer) throws(AMQPViolation) -> Void
    ) throws(AMQPViolation) {
        let start = writerIndex
        writeMultipleIntegers(kind.rawValue, channel, UInt32(0))
        do throws(AMQPViolation) {
            try body(&self)
            let size = writerIndex - start - 7
            guard size + Frame.overhead <= limit else {
                throw .frameTooLarge(size: size + Frame.overhead, limit: limit)
            }
            setInteger(UInt32(size), at: start + 3)
            writeInteger(Frame.end)
        } catch {
            moveWriterIndex(to: start)
            throw error
        }
    }

    mutating func write(_ method: Method, channel: UInt16, limit: Int) throws(AMQPViolation) {
        try writeFrame(.method, channel: channel, limit: limit) { (buffer) throws(AMQPViolation) in
            try method.write(to: &buffer)
        }
    }

    /// Writes a body in as many frames as it needs.
    mutating func write(body: [UInt8], channel: UInt16, limit: Int) {
        let longest = limit - Frame.overhead
        var rest = body[...]
        while !rest.isEmpty {
            let part = rest.prefix(longest)
            writeMultipleIntegers(Frame.Kind.body.rawValue, channel, UInt32(part.count))
            writeBytes(part)
            writeInteger(Frame.end)
            rest = rest.dropFirst(longest)
        }
    }

    mutating func writeHeartbeat() {
        writeMultipleIntegers(Frame.Kind.heartbeat.rawValue, UInt16(0), UInt32(0), Frame.end)
    }
}
