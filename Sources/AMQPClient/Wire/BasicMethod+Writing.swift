import NIOCore

extension BasicMethod {
    func writeArguments(to buffer: inout ByteBuffer) throws(AMQPViolation) {
        switch self {
        case .qos(let size, let count, let isGlobal):
            buffer.writeMultipleIntegers(size, count)
            buffer.write(bits: isGlobal)
        case .consume(let consumption): try consumption.write(to: &buffer)
        case .cancel(let consumerTag, let noWait):
            try buffer.write(short: consumerTag)
            buffer.write(bits: noWait)
        case .consumeOk(let consumerTag), .cancelOk(let consumerTag): try buffer.write(short: consumerTag)
        case .get(let queue, let noAck):
            buffer.writeTicket()
            try buffer.write(short: queue)
            buffer.write(bits: noAck)
        case .getEmpty: buffer.writeInteger(UInt8(0))
        case .recover(let isRequeued): buffer.write(bits: isRequeued)
        case .qosOk, .recoverOk: break
        case .ack(let tag, let bit), .reject(let tag, let bit):
            buffer.writeInteger(tag)
            buffer.write(bits: bit)
        case .nack(let tag, let isMultiple, let isRequeued):
            buffer.writeInteger(tag)
            buffer.write(bits: isMultiple, isRequeued)
        case .publish(let exchange, let routingKey, let isMandatory):
            buffer.writeTicket()
            try buffer.write(route: exchange, routingKey)
            buffer.write(bits: isMandatory, false)
        case .return(let code, let text, let exchange, let routingKey):
            buffer.writeInteger(code)
            try buffer.write(short: text)
            try buffer.write(route: exchange, routingKey)
        case .deliver(let consumerTag, let tag, let isRedelivered, let exchange, let routingKey):
            try buffer.write(short: consumerTag)
            buffer.writeInteger(tag)
            buffer.write(bits: isRedelivered)
            try buffer.write(route: exchange, routingKey)
        case .getOk(let tag, let isRedelivered, let exchange, let routingKey, let messages):
            buffer.writeInteger(tag)
            buffer.write(bits: isRedelivered)
            try buffer.write(route: exchange, routingKey)
            buffer.writeInteger(messages)
        }
    }
}

extension BasicMethod.Consumption {
    func write(to buffer: inout ByteBuffer) throws(AMQPViolation) {
        buffer.writeTicket()
        try buffer.write(short: queue)
        try buffer.write(short: consumerTag)
        buffer.write(bits: noLocal, noAck, isExclusive, false)
        try buffer.write(table: arguments)
    }
}

extension ByteBuffer {
    fileprivate mutating func write(route exchange: String, _ routingKey: String) throws(AMQPViolation) {
        try write(short: exchange)
        try write(short: routingKey)
    }
}
