import NIOCore

/// A content header frame: the size of the body that follows, and the message's properties.
struct ContentHeader: Sendable, Hashable {
    let bodySize: UInt64
    let properties: AMQPProperties
    /// Why the properties could not be read. The frame's borders are intact, so the connection can go on.
    let violation: AMQPViolation?

    init(bodySize: UInt64, properties: AMQPProperties) {
        self.bodySize = bodySize
        self.properties = properties
        violation = nil
    }

    init(from payload: ByteBuffer) throws(AMQPViolation) {
        var bytes = payload
        let classID: UInt16 = try bytes.number("a content header")
        guard classID == MethodID.basic else { throw .malformedHeader("class \(classID)") }
        let weight: UInt16 = try bytes.number("a content header")
        guard weight == 0 else { throw .malformedHeader("weight \(weight)") }
        bodySize = try bytes.number("a content header")
        do throws(AMQPViolation) {
            properties = try AMQPProperties(from: &bytes)
            violation = nil
        } catch {
            properties = AMQPProperties()
            violation = error
        }
    }

    func write(to buffer: inout ByteBuffer) throws(AMQPViolation) {
        buffer.writeMultipleIntegers(MethodID.basic, UInt16(0), bodySize)
        try properties.write(to: &buffer)
    }
}
