import NIOCore

/// Class queue. `noWait` is never set: every call here has an answer.
enum QueueMethod: Sendable, Hashable {
    case declare(Declaration)
    case declareOk(queue: String, messages: UInt32, consumers: UInt32)
    case bind(Binding)
    case bindOk
    case purge(queue: String)
    case purgeOk(messages: UInt32)
    case delete(queue: String, ifUnused: Bool, ifEmpty: Bool)
    case deleteOk(messages: UInt32)
    case unbind(Binding)
    case unbindOk

    struct Declaration: Sendable, Hashable {
        var queue: String
        var isPassive = false
        var isDurable = false
        var isExclusive = false
        var isAutoDelete = false
        var arguments = AMQPTable()
    }

    struct Binding: Sendable, Hashable {
        var queue: String
        var exchange: String
        var routingKey: String
        var arguments = AMQPTable()
    }

    init(_ id: MethodID, from bytes: inout ByteBuffer) throws(AMQPViolation) {
        switch id.methodID {
        case 10: self = .declare(try Declaration(from: &bytes))
        case 11:
            self = .declareOk(
                queue: try bytes.shortString(), messages: try bytes.number("a count"),
                consumers: try bytes.number("a count"))
        case 20: self = .bind(try Binding(from: &bytes, hasNoWait: true))
        case 21: self = .bindOk
        case 30: self = try Self.purge(from: &bytes)
        case 31: self = .purgeOk(messages: try bytes.number("a count"))
        case 40: self = try Self.delete(from: &bytes)
        case 41: self = .deleteOk(messages: try bytes.number("a count"))
        case 50: self = .unbind(try Binding(from: &bytes, hasNoWait: false))
        case 51: self = .unbindOk
        default: throw .unknownMethod(id)
        }
    }

    private static func purge(from bytes: inout ByteBuffer) throws(AMQPViolation) -> Self {
        try bytes.skipTicket()
        let queue = try bytes.shortString()
        _ = try bytes.bits()
        return .purge(queue: queue)
    }

    private static func delete(from bytes: inout ByteBuffer) throws(AMQPViolation) -> Self {
        try bytes.skipTicket()
        let queue = try bytes.shortString()
        let bits = try bytes.bits()
        return .delete(queue: queue, ifUnused: bits[0], ifEmpty: bits[1])
    }

    var number: UInt16 {
        switch self {
        case .declare: 10
        case .declareOk: 11
        case .bind: 20
        case .bindOk: 21
        case .purge: 30
        case .purgeOk: 31
        case .delete: 40
        case .deleteOk: 41
        case .unbind: 50
        case .unbindOk: 51
        }
    }

    func writeArguments(to buffer: inout ByteBuffer) throws(AMQPViolation) {
        switch self {
        case .declare(let declaration): try declaration.write(to: &buffer)
        case .declareOk(let queue, let messages, let consumers):
            try buffer.write(short: queue)
            buffer.writeMultipleIntegers(messages, consumers)
        case .bind(let binding): try binding.write(to: &buffer, hasNoWait: true)
        case .unbind(let binding): try binding.write(to: &buffer, hasNoWait: false)
        case .purge(let queue):
            buffer.writeTicket()
            try buffer.write(short: queue)
            buffer.write(bits: false)
        case .delete(let queue, let ifUnused, let ifEmpty):
            buffer.writeTicket()
            try buffer.write(short: queue)
            buffer.write(bits: ifUnused, ifEmpty, false)
        case .purgeOk(let messages), .deleteOk(let messages): buffer.writeInteger(messages)
        case .bindOk, .unbindOk: break
        }
    }
}

extension QueueMethod.Declaration {
    init(from bytes: inout ByteBuffer) throws(AMQPViolation) {
        try bytes.skipTicket()
        queue = try bytes.shortString()
        let bits = try bytes.bits()
        (isPassive, isDurable, isExclusive, isAutoDelete) = (bits[0], bits[1], bits[2], bits[3])
        arguments = try bytes.table()
    }

    func write(to buffer: inout ByteBuffer) throws(AMQPViolation) {
        buffer.writeTicket()
        try buffer.write(short: queue)
        buffer.write(bits: isPassive, isDurable, isExclusive, isAutoDelete, false)
        try buffer.write(table: arguments)
    }
}

extension QueueMethod.Binding {
    /// `bind` has a bit for "no answer", `unbind` has none.
    init(from bytes: inout ByteBuffer, hasNoWait: Bool) throws(AMQPViolation) {
        try bytes.skipTicket()
        queue = try bytes.shortString()
        exchange = try bytes.shortString()
        routingKey = try bytes.shortString()
        if hasNoWait { _ = try bytes.bits() }
        arguments = try bytes.table()
    }

    func write(to buffer: inout ByteBuffer, hasNoWait: Bool) throws(AMQPViolation) {
        buffer.writeTicket()
        try buffer.write(short: queue)
        try buffer.write(short: exchange)
        try buffer.write(short: routingKey)
        if hasNoWait { buffer.write(bits: false) }
        try buffer.write(table: arguments)
    }
}
