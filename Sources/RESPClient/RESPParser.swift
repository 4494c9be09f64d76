package import NIOCore

/// Turns bytes, in whatever slices they come, into values. No I/O.
///
/// Feed it, then call ``next()`` until it returns `nil`. What has been read is never read again: a value that has arrived
/// in part keeps its finished elements, and a line remembers how far it was searched. After a violation it stays broken.
package struct RESPParser {
    package struct Limits: Sendable {
        /// Of one answer: its bytes, and besides what its elements take in memory.
        package var bytes: Int
        package var depth: Int

        package init(bytes: Int = 512 << 20, depth: Int = 32) {
            self.bytes = bytes
            self.depth = depth
        }
    }

    package enum Item: Sendable, Hashable {
        case reply(RESPValue)
        /// What the server says unasked, in RESP3.
        case push([RESPValue])
    }

    /// Longer than any error text; blobs are no lines.
    static let longestLine = 64 << 10

    let limits: Limits
    var buffer = ByteBuffer()
    /// How far the line at the reader index was searched for its end.
    private var searched = 0
    /// The blob whose length is known and whose bytes are awaited.
    var pendingBlob: PendingBlob?
    /// The aggregates that are open, outermost first.
    var frames: [Frame] = []
    private var cost = 0
    private var violation: RESPViolation?

    package init(limits: Limits = Limits()) {
        self.limits = limits
    }

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

    /// Puts a finished value where it belongs; returns what is thereby finished as a whole.
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

    /// The line at the reader index without its CR LF, as absolute indices, its type first.
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

    /// Counts what an answer takes, before it is allocated.
    mutating func charge(_ bytes: Int) throws(RESPViolation) {
        guard bytes <= limits.bytes - cost else { throw .tooLarge(limit: limits.bytes) }
        cost += bytes
    }
}
