/// The frames of a pickle of protocol 4 or later, which let readers of files read ahead.
///
/// Source: PEP 3154, "Framing"; the sizes are those of CPython 3.11.
struct PickleFrames {
    private static let target = 64 << 10
    /// A frame shorter than this is not worth its head.
    private static let least = 4

    private var output: [UInt8] = [PickleOpcode.proto.rawValue, 5]
    /// The content of the open frame.
    private var frame: [UInt8] = []

    /// Marks the beginning of a value: a frame ends only in front of one.
    mutating func boundary() {
        if frame.count >= Self.target { close() }
    }

    mutating func append(_ bytes: [UInt8]) { frame += bytes }

    /// Adds a text or a binary after its head; long content is written outside of all frames.
    mutating func append(_ head: [UInt8], then content: [UInt8]) {
        guard content.count >= Self.target else {
            frame += head
            frame += content
            return
        }
        close()
        output += head
        output += content
    }

    mutating func finish() -> [UInt8] {
        close()
        return output
    }

    private mutating func close() {
        if frame.count >= Self.least {
            output.append(PickleOpcode.frame.rawValue)
            output += (0..<8).map { UInt8(truncatingIfNeeded: frame.count >> (8 * $0)) }
        }
        output += frame
        frame.removeAll(keepingCapacity: true)
    }
}
