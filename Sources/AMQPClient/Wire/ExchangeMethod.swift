import NIOCore

/// Class exchange, with RabbitMQ's `bind` and `unbind`.
enum ExchangeMethod: Sendable, Hashable {
    case declare(Declaration)
    case declareOk
    case delete(exchange: String, ifUnused: Bool)
    case deleteOk
    case bind(Binding)
    case bindOk
    case unbind(Binding)
    case unbindOk

    struct Declaration: Sendable, Hashable {
        var exchange: String
        var type: String
        var isPassive = false
        var isDurable = false
        var isAutoDelete = false
        var isInternal = false
        var arguments = AMQPTable()
    }

    /// Messages of `source` with this key go on to `destination`.
    struct Binding: Sendable, Hashable {
        var destination: String
        var source: String
        var routingKey: String
        var arguments = AMQPTable()
    }

    init(_ id: MethodID, from bytes: inout ByteBuffer) throws(AMQPViolation) {
        switch id.methodID {
        case 10: self = .declare(try Declaration(from: &bytes))
        case 11: self = .declareOk
        case 20: self = try Self.delete(from: &bytes)
        case 21: self = .deleteOk
        case 30: self = .bind(try Binding(from: &bytes))
        case 31: self = .bindOk
        case 40: self = .unbind(try Binding(from: &bytes))
        case 51: self = .unbindOk
        default: throw .unknownMethod(id)
        }
    }

    private static func delete(from bytes: inout ByteBuffer) throws(AMQPViolation) -> Self {
        try bytes.skipTicket()
        return .delete(exchange: try bytes.shortString(), ifUnused: try bytes.bits()[0])
    }

    var number: UInt16 {
        switch self {
        case .declare: 10
        case .declareOk: 11
        case .delete: 20
        case .deleteOk: 21
        case .bind: 30
        case .bindOk: 31
        case .unbind: 40
        case .unbindOk: 51
        }
    }

    func writeArguments(to buffer: inout ByteBuffer) throws(AMQPViolation) {
        switch self {
        case .declare(let declaration): try declaration.write(to: &buffer)
        case .delete(let exchange, let ifUnused):
            buffer.writeTicket()
            try buffer.write(short: exchange)
            buffer.write(bits: ifUnused, false)
        case .bind(let binding), .unbind(let binding): try binding.write(to: &buffer)
        case .declareOk, .deleteOk, .bindOk, .unbindOk: break
        }
    }
}

extension ExchangeMethod.Declaration {
    init(from bytes: inout ByteBuffer) throws(AMQPViolation) {
        try bytes.skipTicket()
        exchange = try bytes.shortString()
        type = try bytes.shortString()
        let bits = try bytes.bits()
        (isPassive, isDurable, isAutoDelete, isInternal) = (bits[0], bits[1], bits[2], bits[3])
        arguments = try bytes.table()
    }

    func write(to buffer: inout ByteBuffer) throws(AMQPViolation) {
        buffer.writeTicket()
        try buffer.write(short: exchange)
        try buffer.write(short: type)
        buffer.write(bits: isPassive, isDurable, isAutoDelete, isInternal, false)
        try buffer.write(table: arguments)
    }
}

extension ExchangeMethod.Binding {
    init(from bytes: inout ByteBuffer) throws(AMQPViolation) {
        try bytes.skipTicket()
        destination = try bytes.shortString()
        source = try bytes.shortString()
        routingKey = try bytes.shortString()
        _ = try bytes.bits()
        arguments = try bytes.table()
    }

    func write(to buffer: inout ByteBuffer) throws(AMQPViolation) {
        buffer.writeTicket()
        try buffer.write(short: destination)
        try buffer.write(short: source)
        try buffer.write(short: routingKey)
        buffer.write(bits: false)
        try buffer.write(table: arguments)
    }
}

/// The first field of many methods, once a ticket for access; reserved since.
extension ByteBuffer {
    mutating func skipTicket() throws(AMQPViolation) { _ = try number("a method", as: UInt16.self) }
    mutating func writeTicket() { writeInteger(UInt16(0)) }
}
