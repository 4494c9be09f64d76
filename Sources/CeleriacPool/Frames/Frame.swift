/// A message between a supervisor and a child: its kinds, and its layout.
///
/// ```
/// 0      2      3       4           8
/// C7 1E  kind   check   length LE   payload
/// ```
///
/// `check` is the exclusive or of kind and length bytes with 5A. Both ends are the same program, so numbers and texts
/// need no portable form. If a task writes into a descriptor that is not its own, mark and check detect it at the first
/// bytes.
struct Frame: Sendable {
    enum Kind: UInt8 {
        // From the child.
        case hello = 1
        case outcome, progress
        // From the supervisor.
        case setup = 64
        case job, cancel, noted, retire, touch
    }

    /// Changes with every change of a payload. Checked although both ends are one program, since the program's file may
    /// have been replaced while its supervisor runs.
    static let version: UInt16 = 4
    static let headSize = 8
    /// Bytes 0 and 1, the lower byte first.
    private static let mark: UInt64 = 0x1EC7

    let kind: Kind
    let payload: ArraySlice<UInt8>

    /// Bytes that do not follow the layout.
    struct Violation: Error, CustomStringConvertible {
        let description: String
    }

    /// One frame whose payload `body` writes.
    static func make(_ kind: Kind, _ body: (inout FrameWriter) -> Void) -> [UInt8] {
        var writer = FrameWriter()
        writer.put(kind, body)
        return writer.bytes
    }

    /// The head of a frame as one number in little-endian order.
    ///
    /// - Parameter length: the number of bytes of the payload.
    static func head(of kind: Kind, length: UInt32) -> UInt64 {
        let check = UInt64(check(kind.rawValue, length))
        return mark | UInt64(kind.rawValue) << 16 | check << 24 | UInt64(length) << 32
    }

    private static func check(_ kind: UInt8, _ length: UInt32) -> UInt8 {
        let half = length ^ length >> 16
        return kind ^ 0x5A ^ UInt8(truncatingIfNeeded: half ^ half >> 8)
    }

    /// The frame at the start of `bytes`, if it is whole.
    ///
    /// - Returns: the frame and its size including the head; `nil` while bytes are missing.
    static func first(in bytes: ArraySlice<UInt8>, limit: Int) throws(Violation) -> (frame: Frame, size: Int)? {
        var head: UInt64 = 0
        for (place, byte) in bytes.prefix(headSize).enumerated() { head |= UInt64(byte) << (8 * place) }
        let markSize = min(2, bytes.count)
        guard head & 0xFFFF == mark & (1 << (8 * markSize) - 1) else {
            throw Violation(description: "bytes that are not a frame")
        }
        guard bytes.count >= headSize else { return nil }
        let (code, length) = (UInt8(truncatingIfNeeded: head >> 16), UInt32(head >> 32))
        guard let kind = Kind(rawValue: code), check(code, length) == UInt8(truncatingIfNeeded: head >> 24) else {
            throw Violation(description: "a broken frame")
        }
        guard length <= limit else { throw Violation(description: "a frame of \(length) bytes; the limit is \(limit)") }
        let size = headSize + Int(length)
        guard bytes.count >= size else { return nil }
        return (Frame(kind: kind, payload: bytes.dropFirst(headSize).prefix(Int(length))), size)
    }
}

/// Cuts a stream of bytes into frames.
struct FrameBuffer {
    private var bytes: [UInt8] = []
    private var start = 0
    let limit: Int

    /// - Parameter limit: the maximum number of bytes of a payload.
    init(limit: Int) { self.limit = limit }

    mutating func append(_ more: UnsafeRawBufferPointer) { bytes.append(contentsOf: more) }

    /// The next whole frame.
    mutating func next() throws(Frame.Violation) -> Frame? {
        guard let (frame, size) = try Frame.first(in: bytes[start...], limit: limit) else {
            compact()
            return nil
        }
        start += size
        return frame
    }

    private mutating func compact() {
        if start == bytes.count {
            bytes.removeAll(keepingCapacity: bytes.capacity <= 1 << 18)
        } else if start > 0 {
            bytes.removeFirst(start)
        }
        start = 0
    }
}
