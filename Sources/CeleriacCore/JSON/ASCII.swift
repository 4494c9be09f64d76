/// The bytes that JSON's grammar is made of.
extension UInt8 {
    static let quote = UInt8(ascii: "\"")
    static let backslash = UInt8(ascii: "\\")
    static let comma = UInt8(ascii: ",")
    static let colon = UInt8(ascii: ":")
    static let openBracket = UInt8(ascii: "[")
    static let closeBracket = UInt8(ascii: "]")
    static let openBrace = UInt8(ascii: "{")
    static let closeBrace = UInt8(ascii: "}")
    static let minus = UInt8(ascii: "-")
    static let plus = UInt8(ascii: "+")
    static let dot = UInt8(ascii: ".")
    static let zero = UInt8(ascii: "0")

    /// The value of a decimal digit.
    var digit: UInt8? {
        let value = self &- .zero
        return value < 10 ? value : nil
    }

    /// The value of a hexadecimal digit.
    var hexDigit: UInt8? {
        if let digit { return digit }
        let value = (self | 0x20) &- UInt8(ascii: "a")
        return value < 6 ? value + 10 : nil
    }

    /// The hexadecimal digit of a value below 16, in lower case.
    static func hexDigit(of value: UInt8) -> UInt8 {
        value < 10 ? zero + value : UInt8(ascii: "a") + value - 10
    }
}

/// Eight bytes at a time: finds what interrupts plain ASCII text within a JSON string.
enum EightBytes {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highs: UInt64 = 0x8080_8080_8080_8080

    /// Has the high bit set for (at least) the first byte that is a quote, a backslash, a control character or not ASCII.
    @inline(__always)
    static func special(in word: UInt64) -> UInt64 {
        let quotes = word ^ (ones &* UInt64(UInt8.quote))
        let slashes = word ^ (ones &* UInt64(UInt8.backslash))
        let zeros = ((quotes &- ones) & ~quotes) | ((slashes &- ones) & ~slashes)
        let controls = (word &- (ones &* 0x20)) & ~word
        return (zeros | controls | word) & highs
    }
}
