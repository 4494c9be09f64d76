package import NIOCore

/// Parses bytes, in slices of any size, into values. No I/O.
///
/// Feed it, then call ``next()`` until it returns `nil`. Bytes are never read twice: a value that has arrived in part
/// keeps its finished elements, and a line remembers how far it was searched. After a violation every further call
/// throws that violation.
package struct RESPParser {
    package struct Limits: Sendable {
        /// The maximum of one answer: its bytes, and the memory that its elements take.
        package var bytes: Int
        package var depth: Int

        package init(bytes: Int = 512 << 20, depth: Int = 32) {
            self.bytes = bytes
            self.depth = depth
        }
    }

    package enum Item: Sendable, Hashable {
        case reply(RESPValue)
        /// A message that the server sends unasked, in RESP3.
        case push([RESPValue])
    }

    /// More than any error message needs; blobs do not count as lines.
    static let longestLine = 64 << 10

    let limits: Limits
    var buffer = ByteBuffer()
    /// How far the line at the reader index was searched for its end, in bytes.
    private var searched = 0
    /// The blob whose length is known and whose bytes have not all arrived.
    var pendingBlob: PendingBlob?
    /// The open aggregates, outermost first.
    var frames: [Frame] = []
    private var cost = 0
    private var violation: RESPViolation?

    package init(limits: Limits = Limits()) {
        self.limits = limits
    }

    /// Whether every byte was part of an item that ``next()`` has returned.
    var isAtRest: Bool { buffer.readableBytes == 0 && frames.isEmpty && pendingBlob == nil && violation == nil }

    package mutating func feed(_ bytes: ByteBuffer) {
        guard violation == nil else { return }
        if buffer.readableBytes == 0 {
            buffer = bytes
        } else {
            if buffer.readerIndex > 64 << 10, buffer.readerIndex > buffer.readableBytes { buffer.discardReadBytes() }
            buffer.writeImmutableBuffer(bytes)
        }
    }

    package mutating func next() throws(RESPViolation) -> Item? {
        if let violation { throw violation }
        do throws(RESPViolation) {
            while let token = try token() {
                if case .value(let value) = token, let item = place(value) {
                    cost = 0
                    return item
                }
                if case .push(let elements) = token {
                    cost = 0
                    return .push(elements)
                }
            }
            return nil
        } catch {
            violation = error
            (buffer, frames, pendingBlob) = (ByteBuffer(), [], nil)
            throw error
        }
    }

    /// Adds a finished value to the innermost open aggregate; returns the item that is complete as a result, if any.
    private mutating func place(_ value: RESPValue) -> Item? {
        var value = value
        while !frames.isEmpty {
            let top = frames.count - 1
            guard frames[top].take(value) else { return nil }
            switch frames.removeLast().finished {
            case .value(let whole): value = whole
            case .push(let elements): return .push(elements)
            case .nothing: return nil
            }
        }
        return .reply(value)
    }

    /// Returns the line at the reader index without its CR LF, as absolute indices; its first byte is the type.
    mutating func line() throws(RESPViolation) -> Range<Int>? {
        let found = buffer.withUnsafeReadableBytes { bytes in bytes[searched...].firstIndex(of: 10) }
        guard let found else {
            searched = buffer.readableBytes
            guard searched <= Self.longestLine else { throw .malformedLine }
            return nil
        }
        let start = buffer.readerIndex
        guard found >= 2, found <= Self.longestLine, buffer.getInteger(at: start + found - 1, as: UInt8.self) == 13
        else {
            throw .malformedLine
        }
        searched = 0
        try charge(found + 1)
        return start..<start + found - 1
    }

    /// Counts the memory that an answer takes, before it is allocated.
    mutating func charge(_ bytes: Int) throws(RESPViolation) {
        guard bytes <= limits.bytes - cost else { throw .tooLarge(limit: limits.bytes) }
        cost += bytes
    }
}
