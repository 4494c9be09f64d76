import NIOCore

/// A method of AMQP 0-9-1 or of RabbitMQ's extensions (`amqp0-9-1.extended.xml`), in either direction. Class tx is left
/// out.
enum Method: Sendable, Hashable {
    case connection(ConnectionMethod)
    case channel(ChannelMethod)
    case exchange(ExchangeMethod)
    case queue(QueueMethod)
    case basic(BasicMethod)
    case confirm(ConfirmMethod)

    /// Reads the payload of a method frame, to its last byte.
    init(from payload: ByteBuffer) throws(AMQPViolation) {
        var bytes = payload
        let id = MethodID(try bytes.number("a method"), try bytes.number("a method"))
        switch id.classID {
        case MethodID.connection: self = .connection(try ConnectionMethod(id, from: &bytes))
        case MethodID.channel: self = .channel(try ChannelMethod(id, from: &bytes))
        case MethodID.exchange: self = .exchange(try ExchangeMethod(id, from: &bytes))
        case MethodID.queue: self = .queue(try QueueMethod(id, from: &bytes))
        case MethodID.basic: self = .basic(try BasicMethod(id, from: &bytes))
        case MethodID.confirm: self = .confirm(try ConfirmMethod(id, from: &bytes))
        default: throw .unknownMethod(id)
        }
        guard bytes.readableBytes == 0 else { throw .excess(bytes.readableBytes) }
    }

    var id: MethodID {
        switch self {
        case .connection(let method): MethodID(MethodID.connection, method.number)
        case .channel(let method): MethodID(MethodID.channel, method.number)
        case .exchange(let method): MethodID(MethodID.exchange, method.number)
        case .queue(let method): MethodID(MethodID.queue, method.number)
        case .basic(let method): MethodID(MethodID.basic, method.number)
        case .confirm(let method): MethodID(MethodID.confirm, method.number)
        }
    }

    func write(to buffer: inout ByteBuffer) throws(AMQPViolation) {
        let id = id
        buffer.writeMultipleIntegers(id.classID, id.methodID)
        switch self {
        case .connection(let method): try method.writeArguments(to: &buffer)
        case .channel(let method): try method.writeArguments(to: &buffer)
        case .exchange(let method): try method.writeArguments(to: &buffer)
        case .queue(let method): try method.writeArguments(to: &buffer)
        case .basic(let method): try method.writeArguments(to: &buffer)
        case .confirm(let method): method.writeArguments(to: &buffer)
        }
    }
}

/// Class confirm, RabbitMQ's extension.
enum ConfirmMethod: Sendable, Hashable {
    case select(noWait: Bool)
    case selectOk

    init(_ id: MethodID, from bytes: inout ByteBuffer) throws(AMQPViolation) {
        switch id.methodID {
        case 10: self = .select(noWait: try bytes.bits()[0])
        case 11: self = .selectOk
        default: throw .unknownMethod(id)
        }
    }

    var number: UInt16 {
        switch self {
        case .select: 10
        case .selectOk: 11
        }
    }

    func writeArguments(to buffer: inout ByteBuffer) {
        if case .select(let noWait) = self { buffer.write(bits: noWait) }
    }
}
