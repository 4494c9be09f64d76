/// The texts that Python's `decimal.Decimal` prints and accepts.
enum PythonDecimal {
    /// Whether the text is a number with or without a fraction and an exponent, `Infinity`, `NaN` or `sNaN`, each with
    /// an optional sign.
    static func isValid(_ text: String) -> Bool {
        guard text.utf8.count <= BigDigits.mostDigits else { return false }
        let number = text.first == "-" || text.first == "+" ? text.dropFirst() : text[...]
        if ["Infinity", "NaN", "sNaN"].contains(number) { return true }
        let parts = number.split(omittingEmptySubsequences: false) { $0 == "E" || $0 == "e" }
        guard let coefficient = parts.first, parts.count <= 2 else { return false }
        guard parts.count == 1 || isExponent(parts[1]) else { return false }
        let digits = coefficient.split(separator: ".", omittingEmptySubsequences: false)
        return digits.count <= 2 && digits.contains { !$0.isEmpty }
            && digits.allSatisfy(areDigits)
    }

    private static func isExponent(_ text: Substring) -> Bool {
        let digits = text.first == "-" || text.first == "+" ? text.dropFirst() : text
        return (1...18).contains(digits.utf8.count) && areDigits(digits)
    }

    private static func areDigits(_ text: Substring) -> Bool { text.utf8.allSatisfy { (0x30...0x39).contains($0) } }
}
