import CeleriacCore

/// Writes text of ``PlainShape`` into a block of memory. The caller has computed a sufficient size.
struct PlainWriter {
    private let block: UnsafeMutableBufferPointer<UInt8>
    /// The number of bytes written.
    private(set) var count = 0
    /// Whether no text so far needed an escape. If one did, the output is invalid.
    private(set) var isPlain = true

    /// - Parameter block: uninitialised memory.
    init(into block: UnsafeMutableBufferPointer<UInt8>) { self.block = block }

    mutating func put(_ piece: StaticString) {
        put(UnsafeBufferPointer(start: piece.utf8Start, count: piece.utf8CodeUnitCount))
    }

    mutating func put(quoted text: String) {
        let isDone: Void? = text.utf8.withContiguousStorageIfAvailable { put(quoted: $0) }
        if isDone == nil { isPlain = false }
    }

    mutating func put(quoted text: [UInt8]) { text.withUnsafeBufferPointer { put(quoted: $0) } }

    mutating func put(quoted text: String?) { if let text { put(quoted: text) } else { put(PlainShape.null) } }

    mutating func put(_ value: Bool?) {
        guard let value else { return put(PlainShape.null) }
        put(value ? PlainShape.yes : PlainShape.no)
    }

    /// - Parameter number: not negative.
    mutating func put(_ number: Int) {
        if number >= 10 { put(number / 10) }
        put(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number % 10))
    }

    /// Writes the bytes as base64, in quotes.
    mutating func put(base64 bytes: [UInt8]) {
        put(UInt8(ascii: "\""))
        let length = Base64.length(of: bytes.count)
        precondition(count + length <= block.count, "the block is too small")
        bytes.withUnsafeBufferPointer {
            Base64.encode($0, into: UnsafeMutableBufferPointer(rebasing: block[count..<count + length]))
        }
        count += length
        put(UInt8(ascii: "\""))
    }

    // MARK: Detail

    private mutating func put(quoted text: UnsafeBufferPointer<UInt8>) {
        isPlain = isPlain && JSONWriter.isWrittenAsItIs(text)
        put(UInt8(ascii: "\""))
        put(text)
        put(UInt8(ascii: "\""))
    }

    private mutating func put(_ byte: UInt8) {
        precondition(count < block.count, "the block is too small")
        block.initializeElement(at: count, to: byte)
        count += 1
    }

    private mutating func put(_ text: UnsafeBufferPointer<UInt8>) {
        precondition(count + text.count <= block.count, "the block is too small")
        guard let start = text.baseAddress, let block = block.baseAddress else { return }
        (block + count).initialize(from: start, count: text.count)
        count += text.count
    }
}
