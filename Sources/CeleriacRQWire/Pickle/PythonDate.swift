/// A day as in Python's `datetime.date`: the years 1 to 9999 of the proleptic Gregorian calendar.
package struct PythonDate: Sendable, Hashable {
    package let year: Int
    package let month: Int
    package let day: Int

    /// - Returns: `nil` if the calendar has no such day.
    package init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1 else { return nil }
        guard day <= Self.length(ofMonth: month, in: year) else { return nil }
        (self.year, self.month, self.day) = (year, month, day)
    }

    /// Reads `2030-01-02`, the form of `date.isoformat()`.
    package init?(iso text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.map(\.utf8.count) == [4, 2, 2] else { return nil }
        let numbers = parts.compactMap { PythonTime.number($0) }
        guard numbers.count == 3 else { return nil }
        self.init(year: numbers[0], month: numbers[1], day: numbers[2])
    }

    /// The form of `date.isoformat()`.
    package var iso: String {
        "\(PythonTime.padded(year, 4))-\(PythonTime.padded(month, 2))-\(PythonTime.padded(day, 2))"
    }

    // MARK: In a pickle

    /// Reads four bytes: the year in two, the highest first, the month, the day.
    init?(pickled bytes: [UInt8]) {
        guard bytes.count == 4 else { return nil }
        self.init(year: Int(bytes[0]) << 8 | Int(bytes[1]), month: Int(bytes[2]), day: Int(bytes[3]))
    }

    var pickled: [UInt8] { [UInt8(year >> 8), UInt8(year & 0xFF), UInt8(month), UInt8(day)] }

    private static func length(ofMonth month: Int, in year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }
}
