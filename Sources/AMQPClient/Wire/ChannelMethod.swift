import NIOCore

/// The arguments of `connection.close` and `channel.close`: why, and the method that was the cause (0.0 if none was).
struct Closing: Sendable, Hashable {
    var code: UInt16
    var text: String
    var cause = MethodID(0, 0)

    init(code: UInt16, text: String, cause: MethodID = MethodID(0, 0)) {
        self.code = code
        self.text = text
        self.cause = cause
    }

    init(from bytes: inout ByteBuffer) throws(AMQPViolation) {
        code = try bytes.number("a reply code")
        text = try bytes.shortString()
        cause = MethodID(try bytes.number("a method"), try bytes.number("a method"))
    }

    func write(to buffer: inout ByteBuffer) throws(AMQPViolation) {
        buffer.writeInteger(code)
        try buffer.write(short: text)
        buffer.writeMultipleIntegers(cause.classID, cause.methodID)
    }
}

/// Class channel.
enum ChannelMethod: Sendable, Hashable {
    case open
    case openOk
    case flow(isActive: Bool)
    case flowOk(isActive: Bool)
    case close(Closing)
    case closeOk

    init(_ id: MethodID, from bytes: inout ByteBuffer) throws(AMQPViolation) {
        switch id.methodID {
        case 10:
            self = .open
            _ = try bytes.shortString()
        case 11:
            self = .openOk
            _ = try bytes.longString()
        case 20: self = .flow(isActive: try bytes.bits()[0])
        case 21: self = .flowOk(isActive: try bytes.bits()[0])
        case 40: self = .close(try Closing(from: &bytes))
        case 41: self = .closeOk
        default: throw .unknownMethod(id)
        }
    }

    var number: UInt16 {
        switch self {
        case .open: 10
        case .openOk: 11
        case .flow: 20
        case .flowOk: 21
        case .close: 40
        case .closeOk: 41
        }
    }

    func writeArguments(to buffer: inout ByteBuffer) throws(AMQPViolation) {
        switch self {
        // The reserved field of `open` is a short string, that of `open-ok` a long one.
        case .open: buffer.writeInteger(UInt8(0))
        case .openOk: buffer.writeInteger(UInt32(0))
        case .flow(let isActive), .flowOk(let isActive): buffer.write(bits: isActive)
        case .close(let closing): try closing.write(to: &buffer)
        case .closeOk: break
        }
    }
}
