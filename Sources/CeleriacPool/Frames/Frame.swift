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
    private static let mark: (UInt8, UInt8) = (0xC7, 0x1E)

    let kind: Kind
    let payload: ArraySlice<UInt8>

    /// Bytes that do not follow the layout.
    struct Violation: Error, CustomStringConvertible {
        let description: String
    }

    /// One frame whose payload `body` writes.
    static func make(_ kind: Kind, capacity: Int = 64, _ body: (inout FrameWriter) -> Void) -> [UInt8] {
        var writer = FrameWriter(capacity: capacity + headSize)
        writer.bytes.append(contentsOf: [mark.0, mark.1, kind.rawValue, 0, 0, 0, 0, 0])
        body(&writer)
        let length = UInt32(clamping: writer.bytes.count - headSize)
        var check = kind.rawValue ^ 0x5A
        for place in 0..<4 {
            let byte = UInt8(truncatingIfNeeded: length >> (8 * UInt32(place)))
            writer.bytes[4 + place] = byte
            check ^= byte
        }
        writer.bytes[3] = check
        return writer.bytes
    }

    /// The frame at the start of `bytes`, if it is whole.
    ///
    /// - Returns: the frame and its size including the head; `nil` while bytes are missing.
    static func first(in bytes: ArraySlice<UInt8>, limit: Int) throws(Violation) -> (frame: Frame, size: Int)? {
        let start = bytes.startIndex
        guard bytes.count >= 1 else { return nil }
        guard bytes[start] == mark.0, bytes.count < 2 || bytes[start + 1] == mark.1 else {
            throw Violation(description: "bytes that are not a frame")
        }
        guard bytes.count >= headSize else { return nil }
        var length = 0
        var check = bytes[start + 2] ^ 0x5A
        for place in 0..<4 {
            length |= Int(bytes[start + 4 + place]) << (8 * place)
            check ^= bytes[start + 4 + place]
        }
        guard check == bytes[start + 3], let kind = Kind(rawValue: bytes[start + 2]) else {
            throw Violation(description: "a broken frame")
        }
        guard length <= limit else { throw Violation(description: "a frame of \(length) bytes; the limit is \(limit)") }
        guard bytes.count >= headSize + length else { return nil }
        let payload = bytes[(start + headSize)..<(start + headSize + length)]
        return (Frame(kind: kind, payload: payload), headSize + length)
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
