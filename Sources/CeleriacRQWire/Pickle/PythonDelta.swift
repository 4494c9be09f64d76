/// A span of time as in Python's `datetime.timedelta`: days of either sign, plus seconds and microseconds that are
/// never negative.
package struct PythonDelta: Sendable, Hashable {
    package static let zero = PythonDelta(unchecked: (0, 0, 0))

    /// -999,999,999 to 999,999,999.
    package let days: Int
    /// 0 to 86,399.
    package let seconds: Int
    /// 0 to 999,999.
    package let microseconds: Int

    /// - Returns: `nil` if Python has no such span.
    package init?(days: Int, seconds: Int, microseconds: Int) {
        guard (-999_999_999...999_999_999).contains(days), (0..<86_400).contains(seconds),
            (0..<1_000_000).contains(microseconds)
        else { return nil }
        self.init(unchecked: (days, seconds, microseconds))
    }

    private init(unchecked parts: (Int, Int, Int)) { (days, seconds, microseconds) = parts }

    /// The value of `timedelta.total_seconds()`.
    package var totalSeconds: Double {
        let whole = days * 86_400 + seconds
        // As one number of microseconds it is rounded only once; beyond 2^63 microseconds they make no difference.
        guard whole.magnitude < 9_000_000_000_000 else { return Double(whole) }
        return Double(whole * 1_000_000 + microseconds) / 1e6
    }

    // MARK: As an offset from UTC

    /// Whether the span is shorter than a day in both directions, as the offset of a zone must be.
    var isOffset: Bool { days == 0 || days == -1 && (seconds > 0 || microseconds > 0) }

    /// Reads `+02:00` or `-03:30:15`.
    init?(isoOffset text: some StringProtocol) {
        guard let sign = text.first, sign == "+" || sign == "-" else { return nil }
        let parts = text.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { $0.utf8.count == 2 ? PythonTime.number($0) : nil }
        guard (2...3).contains(parts.count), numbers.count == parts.count else { return nil }
        guard numbers[0] < 24, numbers[1] < 60, numbers.count < 3 || numbers[2] < 60 else { return nil }
        let seconds = numbers[0] * 3600 + numbers[1] * 60 + (numbers.count == 3 ? numbers[2] : 0)
        let isWest = sign == "-" && seconds > 0
        self.init(unchecked: isWest ? (-1, 86_400 - seconds, 0) : (0, seconds, 0))
    }

    /// The offset as `isoformat()` writes it: `+02:00`, with seconds and microseconds only if they are not zero.
    var isoOffset: String {
        let total = (days * 86_400 + seconds) * 1_000_000 + microseconds
        let (whole, fraction) = total.magnitude.quotientAndRemainder(dividingBy: 1_000_000)
        var parts = [Int(whole) / 3600, Int(whole) / 60 % 60]
        if whole % 60 != 0 || fraction != 0 { parts.append(Int(whole) % 60) }
        let clock = parts.map { PythonTime.padded($0, 2) }.joined(separator: ":")
        return (total < 0 ? "-" : "+") + clock + (fraction == 0 ? "" : "." + PythonTime.padded(Int(fraction), 6))
    }

    // MARK: In a pickle

    /// Reads days, seconds and microseconds.
    init?(pickled arguments: [PickleValue]) {
        let numbers = arguments.compactMap { if case .integer(let value) = $0 { Int(value) } else { nil } }
        guard numbers.count == 3 else { return nil }
        self.init(days: numbers[0], seconds: numbers[1], microseconds: numbers[2])
    }
}
