/// Scans numbers, and the words `null`, `true`, `false`, `NaN`, `Infinity`.
extension JSONScanner {
    /// A number as written in the text.
    struct NumberToken {
        let range: Range<Int>
        let isNegative: Bool
        /// Whether it has neither a fraction nor an exponent.
        let isInteger: Bool
        /// All digits as one integer; `nil` if they do not fit into 64 bits.
        let digits: UInt64?
        /// The power of ten by which `digits` must be multiplied.
        let exponent: Int

        /// The exact value, if it is an integer that fits into 64 bits.
        var int64: Int64? {
            guard isInteger, let digits else { return nil }
            if isNegative { return digits <= 1 << 63 ? Int64(truncatingIfNeeded: 0 &- digits) : nil }
            return Int64(exactly: digits)
        }

        var uint64: UInt64? { isInteger && (!isNegative || digits == 0) ? digits : nil }
    }

    enum Word {
        case null, yes, no, notANumber, infinity
    }

    /// Scans a number, but not `-Infinity`.
    mutating func scanNumber() throws(JSONError) -> NumberToken {
        let start = position
        let isNegative = byte == .minus
        if isNegative { position += 1 }
        if isNegative, byte == UInt8(ascii: "I") {
            try pass("Infinity")
            return NumberToken(range: start..<position, isNegative: true, isInteger: false, digits: nil, exponent: 0)
        }
        var digits: UInt64? = 0
        let hasLeadingZero = byte == .zero
        let count = passDigits(into: &digits)
        guard count > 0, !hasLeadingZero || count == 1 else { throw syntax("not a number") }
        var exponent = 0
        let end = position
        if byte == .dot {
            position += 1
            exponent = -passDigits(into: &digits)
            guard exponent < 0 else { throw syntax("digits must follow a decimal point") }
        }
        if byte | 0x20 == UInt8(ascii: "e") { exponent += try scanExponent() }
        return NumberToken(
            range: start..<position, isNegative: isNegative, isInteger: position == end, digits: digits,
            exponent: exponent
        )
    }

    /// The double nearest to a token's text.
    func double(of token: NumberToken) -> Double {
        // Both factors are exact, so there is only one rounding (Clinger's fast path).
        if let digits = token.digits, digits <= 1 << 53, abs(token.exponent) <= 22 {
            let power = Self.powersOfTen[abs(token.exponent)]
            let magnitude = token.exponent < 0 ? Double(digits) / power : Double(digits) * power
            return token.isNegative ? -magnitude : magnitude
        }
        // Swift can parse every JSON number, and "-Infinity".
        return Double(String(decoding: UnsafeBufferPointer(rebasing: text[token.range]), as: UTF8.self)) ?? .nan
    }

    mutating func scanWord() throws(JSONError) -> Word {
        switch byte {
        case UInt8(ascii: "n"): try pass("null"); return .null
        case UInt8(ascii: "t"): try pass("true"); return .yes
        case UInt8(ascii: "f"): try pass("false"); return .no
        case UInt8(ascii: "N"): try pass("NaN"); return .notANumber
        case UInt8(ascii: "I"): try pass("Infinity"); return .infinity
        default: throw syntax("expected a value")
        }
    }

    /// Skips `null` if it comes next.
    mutating func null() throws(JSONError) -> Bool {
        skipBlanks()
        guard byte == UInt8(ascii: "n") else { return false }
        try pass("null")
        return true
    }

    mutating func bool() throws(JSONError) -> Bool {
        skipBlanks()
        switch byte {
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return try scanWord() == .yes
        default: throw mismatch("a boolean")
        }
    }

    /// Reads an integer of any type; refuses values outside its range.
    mutating func integer<Integer: FixedWidthInteger>(_ type: Integer.Type) throws(JSONError) -> Integer {
        skipBlanks()
        guard byte == .minus || byte.digit != nil else { throw mismatch("an integer") }
        let start = position
        let token = try scanNumber()
        guard token.isInteger else { throw JSONError(.typeMismatch, at: start, "expected an integer, not a double") }
        guard
            let value = token.int64.flatMap({ Integer(exactly: $0) }) ?? token.uint64.flatMap({ Integer(exactly: $0) })
        else { throw JSONError(.typeMismatch, at: start, "expected an integer in the range of \(type)") }
        return value
    }

    /// Reads a double; accepts integers too.
    mutating func double() throws(JSONError) -> Double {
        skipBlanks()
        switch byte {
        case .minus, .zero...UInt8(ascii: "9"): return double(of: try scanNumber())
        case UInt8(ascii: "N"), UInt8(ascii: "I"): return try scanWord() == .infinity ? .infinity : .nan
        default: throw mismatch("a number")
        }
    }

    // MARK: Detail

    private mutating func pass(_ word: StaticString) throws(JSONError) {
        let letters = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        guard text.count - position >= letters.count,
            text[position..<position + letters.count].elementsEqual(letters)
        else { throw JSONError(.syntax, at: position, "an unknown word") }
        position += letters.count
    }

    /// - Returns: the number of digits.
    @inline(__always)
    private mutating func passDigits(into value: inout UInt64?) -> Int {
        let start = position
        while let digit = byte.digit {
            value = value.flatMap { value in
                let (product, isLarge) = value.multipliedReportingOverflow(by: 10)
                let (sum, isLarger) = product.addingReportingOverflow(UInt64(digit))
                return isLarge || isLarger ? nil : sum
            }
            position += 1
        }
        return position - start
    }

    private mutating func scanExponent() throws(JSONError) -> Int {
        position += 1
        let isNegative = byte == .minus
        if isNegative || byte == .plus { position += 1 }
        var value: UInt64? = 0
        guard passDigits(into: &value) > 0 else { throw syntax("digits must follow an exponent's e") }
        // With an exponent beyond a million, any number of digits that fits into a document gives zero or infinity.
        let magnitude = Int(min(value ?? .max, 1_000_000_000))
        return isNegative ? -magnitude : magnitude
    }

    private static let powersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]
}
