import NIOCore

/// Class connection.
enum ConnectionMethod: Sendable, Hashable {
    case start(major: UInt8, minor: UInt8, serverProperties: AMQPTable, mechanisms: String, locales: String)
    case startOk(clientProperties: AMQPTable, mechanism: String, response: [UInt8], locale: String)
    case secure(challenge: [UInt8])
    case secureOk(response: [UInt8])
    case tune(Tuning)
    case tuneOk(Tuning)
    case open(virtualHost: String)
    case openOk
    case close(Closing)
    case closeOk
    case blocked(reason: String)
    case unblocked

    /// The limits that both sides agree on. Zero means no limit, or no heartbeats.
    struct Tuning: Sendable, Hashable {
        var channelMax: UInt16
        var frameMax: UInt32
        /// Seconds.
        var heartbeat: UInt16
    }

    init(_ id: MethodID, from bytes: inout ByteBuffer) throws(AMQPViolation) {
        switch id.methodID {
        case 10: self = try Self.start(from: &bytes)
        case 11: self = try Self.startOk(from: &bytes)
        case 20: self = .secure(challenge: try bytes.longBytes())
        case 21: self = .secureOk(response: try bytes.longBytes())
        case 30: self = .tune(try Tuning(from: &bytes))
        case 31: self = .tuneOk(try Tuning(from: &bytes))
        case 40:
            self = .open(virtualHost: try bytes.shortString())
            _ = (try bytes.shortString(), try bytes.bits())
        case 41:
            self = .openOk
            _ = try bytes.shortString()
        case 50: self = .close(try Closing(from: &bytes))
        case 51: self = .closeOk
        case 60: self = .blocked(reason: try bytes.shortString())
        case 61: self = .unblocked
        default: throw .unknownMethod(id)
        }
    }

    private static func start(from bytes: inout ByteBuffer) throws(AMQPViolation) -> Self {
        .start(
            major: try bytes.number("the version"), minor: try bytes.number("the version"),
            serverProperties: try bytes.table(), mechanisms: try bytes.longText(), locales: try bytes.longText())
    }

    private static func startOk(from bytes: inout ByteBuffer) throws(AMQPViolation) -> Self {
        .startOk(
            clientProperties: try bytes.table(), mechanism: try bytes.shortString(), response: try bytes.longBytes(),
            locale: try bytes.shortString())
    }

    var number: UInt16 {
        switch self {
        case .start: 10
        case .startOk: 11
        case .secure: 20
        case .secureOk: 21
        case .tune: 30
        case .tuneOk: 31
        case .open: 40
        case .openOk: 41
        case .close: 50
        case .closeOk: 51
        case .blocked: 60
        case .unblocked: 61
        }
    }

    func writeArguments(to buffer: inout ByteBuffer) throws(AMQPViolation) {
        switch self {
        case .start(let major, let minor, let properties, let mechanisms, let locales):
            buffer.writeMultipleIntegers(major, minor)
            try buffer.write(table: properties)
            buffer.write(long: mechanisms)
            buffer.write(long: locales)
        case .startOk(let properties, let mechanism, let response, let locale):
            try buffer.write(table: properties)
            try buffer.write(short: mechanism)
            buffer.write(long: response)
            try buffer.write(short: locale)
        case .secure(let bytes), .secureOk(let bytes): buffer.write(long: bytes)
        case .tune(let tuning), .tuneOk(let tuning):
            buffer.writeMultipleIntegers(tuning.channelMax, tuning.frameMax, tuning.heartbeat)
        case .open(let virtualHost):
            try buffer.write(short: virtualHost)
            // Two reserved fields: a short string and a bit.
            buffer.writeMultipleIntegers(UInt8(0), UInt8(0))
        case .openOk: buffer.writeInteger(UInt8(0))
        case .close(let closing): try closing.write(to: &buffer)
        case .blocked(let reason): try buffer.write(short: reason)
        case .closeOk, .unblocked: break
        }
    }
}

extension ConnectionMethod.Tuning {
    init(from bytes: inout ByteBuffer) throws(AMQPViolation) {
        channelMax = try bytes.number("the tuning")
        frameMax = try bytes.number("the tuning")
        heartbeat = try bytes.number("the tuning")
    }
}
