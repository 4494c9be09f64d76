/// Converts integers of any size between decimal digits and the bytes of a pickle: two's complement, the lowest byte
/// first.
///
/// The time grows with the square of the length, so the length is bounded, as in Python, which converts no more digits.
enum BigDigits {
    /// Python's own limit for text (`sys.int_info.default_max_str_digits`).
    static let mostDigits = 4300
    static let mostBytes = 1786

    static func text(ofTwosComplement bytes: some BidirectionalCollection<UInt8>) -> String {
        let isNegative = bytes.last.map { $0 >= 0x80 } ?? false
        let magnitude = isNegative ? negated(Array(bytes)) : Array(bytes)
        var words = words(of: magnitude)
        var groups: [String] = []
        while words.contains(where: { $0 != 0 }) {
            let group = String(divide(&words, by: 1_000_000_000))
            groups.append(String(repeating: "0", count: 9 - group.utf8.count) + group)
        }
        let digits = groups.reversed().joined().drop { $0 == "0" }
        return digits.isEmpty ? "0" : (isNegative ? "-" : "") + digits
    }

    /// - Parameter digits: a text for which ``isInteger(_:)`` returns `true`.
    /// - Returns: the fewest bytes that still include the sign; empty for zero.
    static func twosComplement(of digits: String) -> [UInt8] {
        let isNegative = digits.hasPrefix("-")
        var words: [UInt32] = []
        for byte in digits.utf8 where byte >= UInt8(ascii: "0") {
            multiply(&words, by: 10, plus: UInt32(byte - UInt8(ascii: "0")))
        }
        var bytes = words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * UInt32($0))) } }
        bytes.append(0)
        if isNegative { bytes = negated(bytes) }
        return shortened(bytes)
    }

    /// Whether the text is an optional sign followed by digits.
    static func isInteger(_ text: String) -> Bool {
        let digits = text.utf8.first.map { "+-".utf8.contains($0) } == true ? text.dropFirst() : text[...]
        return !digits.isEmpty && digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    /// Removes a plus sign and leading zeros.
    static func canonical(_ text: String) -> String {
        let digits = text.drop { !("1"..."9").contains($0) }
        return digits.isEmpty ? "0" : (text.hasPrefix("-") ? "-" : "") + digits
    }

    // MARK: Detail

    private static func negated(_ bytes: [UInt8]) -> [UInt8] {
        var carry = true
        return bytes.map { byte in
            let (sum, overflow) = (~byte).addingReportingOverflow(carry ? 1 : 0)
            carry = overflow
            return sum
        }
    }

    private static func shortened(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        while let last = bytes.last, bytes.count > 1 {
            let isSignOfNext = bytes[bytes.count - 2] >= 0x80
            guard last == 0 && !isSignOfNext || last == 0xFF && isSignOfNext else { break }
            bytes.removeLast()
        }
        return bytes == [0] ? [] : bytes
    }

    private static func words(of bytes: [UInt8]) -> [UInt32] {
        stride(from: 0, to: bytes.count, by: 4).map { start in
            bytes[start..<min(start + 4, bytes.count)].reversed().reduce(0) { $0 << 8 | UInt32($1) }
        }
    }

    /// - Returns: the remainder.
    private static func divide(_ words: inout [UInt32], by divisor: UInt64) -> UInt32 {
        var rest: UInt64 = 0
        for place in words.indices.reversed() {
            let value = rest << 32 | UInt64(words[place])
            words[place] = UInt32(value / divisor)
            rest = value % divisor
        }
        while words.last == 0 { words.removeLast() }
        return UInt32(rest)
    }

    private static func multiply(_ words: inout [UInt32], by factor: UInt64, plus addend: UInt32) {
        var carry = UInt64(addend)
        for place in words.indices {
            let value = UInt64(words[place]) * factor + carry
            words[place] = UInt32(truncatingIfNeeded: value)
            carry = value >> 32
        }
        if carry > 0 { words.append(UInt32(carry)) }
    }
}
