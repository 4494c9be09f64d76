import CeleriacCore

/// Reads text of ``PlainShape``. Each step returns what it found, or whether it found it. After a step that found
/// nothing, the rest must not be read.
struct PlainReader {
    private let text: UnsafeBufferPointer<UInt8>
    /// The current position.
    private(set) var place = 0

    init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

    var isAtEnd: Bool { place == text.count }

    mutating func pass(_ piece: StaticString) -> Bool {
        let length = piece.utf8CodeUnitCount
        guard text.count - place >= length, let start = text.baseAddress else { return false }
        guard UnsafeBufferPointer(start: start + place, count: length).isEqual(to: piece) else { return false }
        place += length
        return true
    }

    /// Reads a text in quotes: ASCII without escapes.
    mutating func quoted() -> UnsafeBufferPointer<UInt8>? {
        guard place < text.count, text[place] == UInt8(ascii: "\"") else { return nil }
        let start = place + 1
        let end = JSONWriter.endOfPlainText(in: text, from: start)
        guard end < text.count, text[end] == UInt8(ascii: "\"") else { return nil }
        place = end + 1
        return UnsafeBufferPointer(rebasing: text[start..<end])
    }

    /// Reads a text, or `null`, which is returned as `.some(nil)`.
    mutating func quotedOrNull() -> UnsafeBufferPointer<UInt8>?? {
        if pass(PlainShape.null) { return .some(nil) }
        return quoted().map { .some($0) }
    }

    /// Reads `true`, `false`, or `null`, which is returned as `.some(nil)`.
    mutating func boolOrNull() -> Bool?? {
        if pass(PlainShape.null) { return .some(nil) }
        if pass(PlainShape.yes) { return true }
        return pass(PlainShape.no) ? false : nil
    }

    /// Reads a number of at most nine digits.
    mutating func number() -> Int? {
        let start = place
        var value = 0
        while place < text.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text[place]) {
            value = value &* 10 &+ Int(text[place] - UInt8(ascii: "0"))
            place += 1
            guard place - start < 10 else { return nil }
        }
        let isWritten = place > start && (text[start] != UInt8(ascii: "0") || place == start + 1)
        return isWritten ? value : nil
    }
}

extension UnsafeBufferPointer<UInt8> {
    func isEqual(to piece: StaticString) -> Bool {
        isEqual(to: UnsafeBufferPointer(start: piece.utf8Start, count: piece.utf8CodeUnitCount))
    }

    /// Compares eight bytes at a time.
    func isEqual(to other: UnsafeBufferPointer) -> Bool {
        guard count == other.count else { return false }
        let (left, right) = (UnsafeRawBufferPointer(self), UnsafeRawBufferPointer(other))
        var place = 0
        while place + 8 <= count {
            let word = left.loadUnaligned(fromByteOffset: place, as: UInt64.self)
            guard word == right.loadUnaligned(fromByteOffset: place, as: UInt64.self) else { return false }
            place += 8
        }
        while place < count {
            guard self[place] == other[place] else { return false }
            place += 1
        }
        return true
    }

    var string: String { String(decoding: self, as: UTF8.self) }
}
