import NIOCore

extension BasicMethod {
    init(_ id: MethodID, from bytes: inout ByteBuffer) throws(AMQPViolation) {
        switch id.methodID {
        case 10: self = try Self.qos(from: &bytes)
        case 11: self = .qosOk
        case 20: self = .consume(try Consumption(from: &bytes))
        case 21: self = .consumeOk(consumerTag: try bytes.shortString())
        case 30: self = .cancel(consumerTag: try bytes.shortString(), noWait: try bytes.bits()[0])
        case 31: self = .cancelOk(consumerTag: try bytes.shortString())
        case 40: self = try Self.publish(from: &bytes)
        case 50: self = try Self.return(from: &bytes)
        case 60: self = try Self.deliver(from: &bytes)
        case 70: self = try Self.get(from: &bytes)
        case 71: self = try Self.getOk(from: &bytes)
        case 72:
            self = .getEmpty
            _ = try bytes.shortString()
        case 80: self = .ack(tag: try bytes.number("a tag"), isMultiple: try bytes.bits()[0])
        case 90: self = .reject(tag: try bytes.number("a tag"), isRequeued: try bytes.bits()[0])
        case 110: self = .recover(isRequeued: try bytes.bits()[0])
        case 111: self = .recoverOk
        case 120: self = try Self.nack(from: &bytes)
        default: throw .unknownMethod(id)
        }
    }

    private static func qos(from bytes: inout ByteBuffer) throws(AMQPViolation) -> Self {
        .qos(
            prefetchSize: try bytes.number("a prefetch"), prefetchCount: try bytes.number("a prefetch"),
            isGlobal: try bytes.bits()[0])
    }

    private static func publish(from bytes: inout ByteBuffer) throws(AMQPViolation) -> Self {
        try bytes.skipTicket()
        return .publish(
            exchange: try bytes.shortString(), routingKey: try bytes.shortString(), isMandatory: try bytes.bits()[0])
    }

    private static func `return`(from bytes: inout ByteBuffer) throws(AMQPViolation) -> Self {
        .return(
            code: try bytes.number("a reply code"), text: try bytes.shortString(), exchange: try bytes.shortString(),
            routingKey: try bytes.shortString())
    }

    private static func deliver(from bytes: inout ByteBuffer) throws(AMQPViolation) -> Self {
        .deliver(
            consumerTag: try bytes.shortString(), tag: try bytes.number("a tag"),
            isRedelivered: try bytes.bits()[0], exchange: try bytes.shortString(),
            routingKey: try bytes.shortString())
    }

    private static func get(from bytes: inout ByteBuffer) throws(AMQPViolation) -> Self {
        try bytes.skipTicket()
        return .get(queue: try bytes.shortString(), noAck: try bytes.bits()[0])
    }

    private static func getOk(from bytes: inout ByteBuffer) throws(AMQPViolation) -> Self {
        .getOk(
            tag: try bytes.number("a tag"), isRedelivered: try bytes.bits()[0], exchange: try bytes.shortString(),
            routingKey: try bytes.shortString(), messages: try bytes.number("a count"))
    }

    private static func nack(from bytes: inout ByteBuffer) throws(AMQPViolation) -> Self {
        let tag: UInt64 = try bytes.number("a tag")
        let bits = try bytes.bits()
        return .nack(tag: tag, isMultiple: bits[0], isRequeued: bits[1])
    }
}

extension BasicMethod.Consumption {
    init(from bytes: inout ByteBuffer) throws(AMQPViolation) {
        try bytes.skipTicket()
        queue = try bytes.shortString()
        consumerTag = try bytes.shortString()
        let bits = try bytes.bits()
        (noLocal, noAck, isExclusive) = (bits[0], bits[1], bits[2])
        arguments = try bytes.table()
    }
}
