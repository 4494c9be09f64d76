import CeleriacJSON

/// A wall-clock time: a date and a time of day without a zone.
///
/// A ``Zone`` knows which instants it corresponds to, if any.
struct WallTime: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Seconds since 1970-01-01 00:00:00, as if every day had 86,400 seconds.
    let seconds: Int

    init(seconds: Int) { self.seconds = seconds }

    /// - Parameters: in the Gregorian calendar; the year from 1 to 9999, the hour from 0 to 23.
    /// - Returns: `nil` if the date or the time of day does not exist.
    init?(_ year: Int, _ month: Int, _ day: Int, _ hour: Int = 0, _ minute: Int = 0, _ second: Int = 0) {
        guard let day = Day(year: year, month: month, day: day), (0..<24).contains(hour), (0..<60).contains(minute),
            (0..<60).contains(second)
        else { return nil }
        seconds = day.days * 86_400 + hour * 3600 + minute * 60 + second
    }

    var year: Int { day.year }
    var month: Int { day.month }
    var dayOfMonth: Int { day.day }
    var hour: Int { timeOfDay / 3600 }
    var minute: Int { timeOfDay / 60 % 60 }
    var second: Int { timeOfDay % 60 }

    static func < (first: WallTime, second: WallTime) -> Bool { first.seconds < second.seconds }

    /// For example `2026-03-29 02:30:00`.
    var description: String {
        let day = day
        return "\(Self.padded(day.year, 4))-\(Self.padded(day.month))-\(Self.padded(day.day)) "
            + "\(Self.padded(hour)):\(Self.padded(minute)):\(Self.padded(second))"
    }

    private var day: Day { Day(days: seconds.floored(by: 86_400).quotient) }
    private var timeOfDay: Int { seconds.floored(by: 86_400).rest }

    private static func padded(_ number: Int, _ width: Int = 2) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
