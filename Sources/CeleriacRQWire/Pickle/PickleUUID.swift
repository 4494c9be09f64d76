/// The hexadecimal digits of UUIDs.
enum PickleUUID {
    /// - Parameter text: 32 digits of either case, with or without dashes.
    /// - Returns: only the digits, in lower case; `nil` if the text is not a UUID.
    static func digits(of text: String) -> String? {
        let digits = text.lowercased().filter { $0 != "-" }
        guard digits.utf8.count == 32, digits.utf8.allSatisfy({ value(of: $0) != nil }) else { return nil }
        return digits
    }

    /// Returns the bytes of hexadecimal digits, two digits each; any other character counts as zero.
    static func bytes(of digits: String) -> [UInt8] {
        let values = digits.utf8.map { value(of: $0) ?? 0 }
        return stride(from: 0, to: values.count & ~1, by: 2).map { values[$0] << 4 | values[$0 + 1] }
    }

    private static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
