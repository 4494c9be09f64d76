import CeleriacCore

/// Writes JSON text while it walks over MessagePack.
///
/// Keeps its own stack, so nesting uses none of the thread's. A length that goes beyond the end of the document is
/// refused before anything is allocated for it.
struct MessagePackReader {
    /// An open container, and the number of keys and values that it still holds.
    private struct Container {
        var left: Int
        let isMap: Bool
    }

    private let bytes: [UInt8]
    private let limits: JSONLimits
    private let most: Int
    private var position = 0
    private var keys = 0
    private var open: [Container] = []
    private var writer = JSONWriter()

    init(_ bytes: [UInt8], limits: JSONLimits, atMost most: Int) {
        self.bytes = bytes
        self.limits = limits
        self.most = most
    }

    /// Reads the document, which is a single value.
    mutating func document() throws(MessagePackError) -> [UInt8] {
        repeat {
            try isAtKey ? key() : value()
            guard writer.bytes.count <= most else {
                throw error(.tooLarge, "it contains more than \(most) bytes as JSON")
            }
            close()
        } while !open.isEmpty
        guard position == bytes.count else {
            throw error(.malformedMessage, "there are bytes after the document's end")
        }
        return writer.bytes
    }

    // MARK: Values

    private var isAtKey: Bool { open.last.map { $0.isMap && $0.left % 2 == 0 } ?? false }

    private mutating func value() throws(MessagePackError) {
        count()
        let byte = try byte()
        switch byte {
        case 0x00...0x7F: writer.int(Int(byte))
        case 0xE0...0xFF: writer.int(Int(Int8(bitPattern: byte)))
        case 0x80...0x8F: try begin(map: true, of: Int(byte & 0x0F))
        case 0x90...0x9F: try begin(map: false, of: Int(byte & 0x0F))
        case 0xA0...0xBF: try text(of: Int(byte & 0x1F)).map { writer.string($0) }
        case 0xC0: writer.null()
        case 0xC2, 0xC3: writer.bool(byte == 0xC3)
        case 0xC4, 0xC5, 0xC6: writer.taggedBytes(try raw(try length(1 << Int(byte - 0xC4))))
        case 0xCA: writer.double(Double(Float(bitPattern: UInt32(try unsigned(4)))))
        case 0xCB: writer.double(Double(bitPattern: try unsigned(8)))
        case 0xCC...0xCF: writer.int(try unsigned(1 << Int(byte - 0xCC)))
        case 0xD0...0xD3: writer.int(try signed(1 << Int(byte - 0xD0)))
        case 0xD9, 0xDA, 0xDB: try text(of: try length(1 << Int(byte - 0xD9))).map { writer.string($0) }
        case 0xDC, 0xDD: try begin(map: false, of: try length(byte == 0xDC ? 2 : 4))
        case 0xDE, 0xDF: try begin(map: true, of: try length(byte == 0xDE ? 2 : 4))
        default: throw try unreadable(byte)
        }
    }

    /// Reads a key, which must be text, as Python's `strict_map_key` and JSON require.
    private mutating func key() throws(MessagePackError) {
        count()
        keys += 1
        guard keys <= limits.keys else { throw error(.tooLarge, "more than \(limits.keys) keys") }
        let byte = try byte()
        switch byte {
        case 0xA0...0xBF: try text(of: Int(byte & 0x1F)).map { writer.key($0) }
        case 0xD9, 0xDA, 0xDB: try text(of: try length(1 << Int(byte - 0xD9))).map { writer.key($0) }
        default: throw error(.unsupported, "a key is not text")
        }
    }

    /// - Returns: never `nil`; an optional so that callers can chain.
    private mutating func text(of count: Int) throws(MessagePackError) -> String? {
        guard count <= limits.stringBytes else {
            throw error(.tooLarge, "a text of more than \(limits.stringBytes) bytes")
        }
        guard let text = String(validating: try raw(count), as: UTF8.self) else {
            throw error(.malformedMessage, "a text is not UTF-8")
        }
        return text
    }

    // MARK: Containers

    private mutating func begin(map isMap: Bool, of count: Int) throws(MessagePackError) {
        let items = isMap ? 2 * count : count
        // Each item takes at least one byte.
        guard items <= bytes.count - position else { throw truncated() }
        guard open.count < limits.depth else {
            throw error(.tooLarge, "containers nested more than \(limits.depth) deep")
        }
        open.append(Container(left: items, isMap: isMap))
        isMap ? writer.beginObject() : writer.beginArray()
    }

    /// Counts an item of the innermost container as read.
    private mutating func count() { if !open.isEmpty { open[open.count - 1].left -= 1 } }

    /// Closes the containers that end here.
    private mutating func close() {
        while let last = open.last, last.left == 0 {
            last.isMap ? writer.endObject() : writer.endArray()
            open.removeLast()
        }
    }

    // MARK: Bytes

    private mutating func byte() throws(MessagePackError) -> UInt8 {
        guard position < bytes.count else { throw truncated() }
        defer { position += 1 }
        return bytes[position]
    }

    private mutating func raw(_ count: Int) throws(MessagePackError) -> ArraySlice<UInt8> {
        guard count <= bytes.count - position else { throw truncated() }
        defer { position += count }
        return bytes[position..<position + count]
    }

    private mutating func unsigned(_ size: Int) throws(MessagePackError) -> UInt64 {
        try raw(size).reduce(0) { $0 << 8 | UInt64($1) }
    }

    private mutating func signed(_ size: Int) throws(MessagePackError) -> Int64 {
        let unused = 64 - 8 * Int64(size)
        return Int64(bitPattern: try unsigned(size) << unused) >> unused
    }

    private mutating func length(_ size: Int) throws(MessagePackError) -> Int { Int(try unsigned(size)) }

    // MARK: Errors

    private mutating func unreadable(_ byte: UInt8) throws(MessagePackError) -> MessagePackError {
        if byte == 0xC1 { return error(.malformedMessage, "the byte C1, which is never used") }
        // Only C7 to C9 and D4 to D8 remain: extension types, the first three with a length.
        if byte <= 0xC9 { _ = try length(1 << Int(byte - 0xC7)) }
        let type = Int8(bitPattern: try self.byte())
        return error(
            .unsupported, type == -1 ? "a timestamp (extension type -1)" : "the extension type \(type)")
    }

    private func truncated() -> MessagePackError { error(.malformedMessage, "the document ends too early") }

    private func error(_ code: CeleriacError.Code, _ reason: String) -> MessagePackError {
        MessagePackError(code, at: position, reason)
    }
}
