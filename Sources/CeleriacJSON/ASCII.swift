/// The bytes that have a meaning in JSON's grammar.
extension UInt8 {
    @inlinable package static var quote: UInt8 { UInt8(ascii: "\"") }
    @inlinable package static var backslash: UInt8 { UInt8(ascii: "\\") }
    @inlinable package static var comma: UInt8 { UInt8(ascii: ",") }
    @inlinable package static var colon: UInt8 { UInt8(ascii: ":") }
    @inlinable package static var openBracket: UInt8 { UInt8(ascii: "[") }
    @inlinable package static var closeBracket: UInt8 { UInt8(ascii: "]") }
    @inlinable package static var openBrace: UInt8 { UInt8(ascii: "{") }
    @inlinable package static var closeBrace: UInt8 { UInt8(ascii: "}") }
    @inlinable package static var minus: UInt8 { UInt8(ascii: "-") }
    @inlinable package static var plus: UInt8 { UInt8(ascii: "+") }
    @inlinable package static var dot: UInt8 { UInt8(ascii: ".") }
    @inlinable package static var zero: UInt8 { UInt8(ascii: "0") }

    /// The value of a decimal digit.
    @inlinable package var digit: UInt8? {
        let value = self &- .zero
        return value < 10 ? value : nil
    }

    /// The value of a hexadecimal digit.
    @inlinable package var hexDigit: UInt8? {
        if let digit { return digit }
        let value = (self | 0x20) &- UInt8(ascii: "a")
        return value < 6 ? value + 10 : nil
    }

    /// The hexadecimal digit of a value below 16, in lower case.
    @inlinable package static func hexDigit(of value: UInt8) -> UInt8 {
        value < 10 ? zero + value : UInt8(ascii: "a") + value - 10
    }
}

/// Processes eight bytes at a time: finds the first byte that is not plain ASCII text within a JSON string.
enum EightBytes {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highs: UInt64 = 0x8080_8080_8080_8080

    /// Sets the high bit for (at least) the first byte that is a quote, a backslash, a control character or not ASCII.
    @inline(__always)
    static func special(in word: UInt64) -> UInt64 {
        let quotes = word ^ (ones &* UInt64(UInt8.quote))
        let slashes = word ^ (ones &* UInt64(UInt8.backslash))
        let zeros = ((quotes &- ones) & ~quotes) | ((slashes &- ones) & ~slashes)
        let controls = (word &- (ones &* 0x20)) & ~word
        return (zeros | controls | word) & highs
    }
}
