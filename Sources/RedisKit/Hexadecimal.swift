/// Numbers as hexadecimal text.
package enum Hexadecimal {
    /// Returns the same text as `String(_:radix:)`, but faster, since it handles only one radix.
    package static func digits(_ number: Int64) -> String {
        guard number > 0 else { return String(number, radix: 16) }
        let width = (64 - number.leadingZeroBitCount + 3) / 4
        return text(UInt64(number), width: width)
    }

    /// Returns all 16 digits of the number, including leading zeros.
    package static func text(_ number: UInt64) -> String { text(number, width: 16) }

    /// Returns all 8 digits of the number, including leading zeros.
    package static func text(_ number: UInt32) -> String { text(UInt64(number), width: 8) }

    private static func text(_ number: UInt64, width: Int) -> String {
        String(unsafeUninitializedCapacity: width) { digits in
            var rest = number
            for place in stride(from: width - 1, through: 0, by: -1) {
                let digit = UInt8(truncatingIfNeeded: rest & 0xF)
                digits[place] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
                rest >>= 4
            }
            return width
        }
    }
}
