import NIOCore

/// Property flags and property list of a content header (AMQP 0-9-1, section 4.2.6.1).
extension AMQPProperties {
    /// Bit 15 stands for the first property, bit 2 for the last one.
    private struct Flags {
        var bits: UInt16 = 0
        func has(_ index: UInt16) -> Bool { bits & (1 << (15 - index)) != 0 }
        mutating func set(_ index: UInt16) { bits |= 1 << (15 - index) }
    }

    init(from bytes: inout ByteBuffer) throws(AMQPViolation) {
        let flags = Flags(bits: try bytes.number("the property flags"))
        guard flags.bits & 0b11 == 0 else { throw .malformedHeader("properties beyond the fourteen known ones") }
        func text(_ index: UInt16) throws(AMQPViolation) -> String? {
            flags.has(index) ? try bytes.shortString() : nil
        }
        contentType = try text(0)
        contentEncoding = try text(1)
        headers = flags.has(2) ? try bytes.encodedTable() : nil
        deliveryMode = flags.has(3) ? try bytes.number("the delivery mode") : nil
        priority = flags.has(4) ? try bytes.number("the priority") : nil
        correlationID = try text(5)
        replyTo = try text(6)
        expiration = try text(7)
        messageID = try text(8)
        timestamp = flags.has(9) ? try bytes.number("the timestamp") : nil
        type = try text(10)
        userID = try text(11)
        appID = try text(12)
        clusterID = try text(13)
        guard bytes.readableBytes == 0 else { throw .excess(bytes.readableBytes) }
    }

    func write(to buffer: inout ByteBuffer) throws(AMQPViolation) {
        var flags = Flags()
        let start = buffer.writerIndex
        buffer.writeInteger(flags.bits)
        func write(_ text: String?, _ index: UInt16) throws(AMQPViolation) {
            guard let text else { return }
            flags.set(index)
            try buffer.write(short: text)
        }
        func write(_ number: (some FixedWidthInteger)?, _ index: UInt16) {
            guard let number else { return }
            flags.set(index)
            buffer.writeInteger(number)
        }
        try write(contentType, 0)
        try write(contentEncoding, 1)
        if let headers {
            flags.set(2)
            try buffer.write(table: headers)
        }
        write(deliveryMode, 3)
        write(priority, 4)
        try write(correlationID, 5)
        try write(replyTo, 6)
        try write(expiration, 7)
        try write(messageID, 8)
        write(timestamp, 9)
        try write(type, 10)
        try write(userID, 11)
        try write(appID, 12)
        try write(clusterID, 13)
        buffer.setInteger(flags.bits, at: start)
    }
}
