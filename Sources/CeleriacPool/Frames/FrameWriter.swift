/// Writes frames one after another into one buffer: integers in little-endian order, texts and blocks after their
/// length.
struct FrameWriter {
    private(set) var bytes: [UInt8] = []

    /// Appends a frame, whose payload `body` writes.
    mutating func put(_ kind: Frame.Kind, _ body: (inout FrameWriter) -> Void) {
        let start = bytes.count
        put(UInt64(0))
        body(&self)
        let head = Frame.head(of: kind, length: UInt32(clamping: bytes.count - start - Frame.headSize))
        bytes.withUnsafeMutableBytes { $0.storeBytes(of: head.littleEndian, toByteOffset: start, as: UInt64.self) }
    }

    /// Appends frames that were written before.
    mutating func put(frames: [UInt8]) { bytes += frames }

    /// Removes all frames. Keeps the memory for the next ones, unless it is larger than `most` bytes.
    mutating func removeAll(keeping most: Int) { bytes.removeAll(keepingCapacity: bytes.capacity <= most) }

    mutating func put(_ value: UInt8) { bytes.append(value) }

    mutating func put(_ value: Bool) { bytes.append(value ? 1 : 0) }

    mutating func put<Number: FixedWidthInteger>(_ value: Number) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func put(_ value: Double) { put(value.bitPattern) }

    mutating func put(_ value: Duration?) {
        put(value != nil)
        if let value {
            put(value.components.seconds)
            put(value.components.attoseconds)
        }
    }

    mutating func put(_ block: [UInt8]) {
        put(UInt32(clamping: block.count))
        bytes.append(contentsOf: block)
    }

    mutating func put(_ text: String) {
        var text = text
        text.withUTF8 { text in
            put(UInt32(clamping: text.count))
            bytes.append(contentsOf: text)
        }
    }

    mutating func put(_ text: String?) {
        put(text != nil)
        if let text { put(text) }
    }
}

/// Reads the parts of a payload in the order in which they were written.
struct FrameReader {
    private let bytes: ArraySlice<UInt8>
    private var place: Int

    init(_ frame: Frame) {
        bytes = frame.payload
        place = frame.payload.startIndex
    }

    mutating func byte() throws(Frame.Violation) -> UInt8 { bytes[try take(1)] }

    mutating func bool() throws(Frame.Violation) -> Bool { try byte() != 0 }

    mutating func number<Number: FixedWidthInteger & BitwiseCopyable>(
        _ type: Number.Type = Number.self
    ) throws(Frame.Violation) -> Number {
        let start = try take(MemoryLayout<Number>.size) - bytes.startIndex
        return Number(littleEndian: bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: start, as: Number.self) })
    }

    mutating func double() throws(Frame.Violation) -> Double { Double(bitPattern: try number()) }

    mutating func duration() throws(Frame.Violation) -> Duration? {
        guard try bool() else { return nil }
        return Duration(secondsComponent: try number(), attosecondsComponent: try number())
    }

    mutating func block() throws(Frame.Violation) -> [UInt8] {
        let size = Int(try number(UInt32.self))
        let start = try take(size)
        return Array(bytes[start..<(start + size)])
    }

    mutating func text() throws(Frame.Violation) -> String {
        let size = Int(try number(UInt32.self))
        let start = try take(size)
        return String(decoding: bytes[start..<(start + size)], as: UTF8.self)
    }

    mutating func optionalText() throws(Frame.Violation) -> String? { try bool() ? try text() : nil }

    private mutating func take(_ size: Int) throws(Frame.Violation) -> Int {
        guard size <= bytes.endIndex - place else { throw Frame.Violation(description: "a truncated frame") }
        defer { place += size }
        return place
    }
}
