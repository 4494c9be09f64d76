/// The unit that a field of a crontab counts, and the notation of its values.
enum CronUnit: CaseIterable {
    case minute, hour, dayOfMonth, month, dayOfWeek

    /// The values that a field may hold. Sunday may also be written 7.
    var range: ClosedRange<Int> {
        switch self {
        case .minute: 0...59
        case .hour: 0...23
        case .dayOfMonth: 1...31
        case .month: 1...12
        case .dayOfWeek: 0...6
        }
    }

    /// The set of all values.
    var all: CronSet { CronSet(range) }

    var title: String {
        switch self {
        case .minute: "minute"
        case .hour: "hour"
        case .dayOfMonth: "day of month"
        case .month: "month of year"
        case .dayOfWeek: "day of week"
        }
    }

    /// The allowed values, as errors describe them.
    var allowed: String {
        switch self {
        case .minute, .hour: "numbers from \(range.lowerBound) to \(range.upperBound)"
        case .dayOfMonth: "numbers from 1 to 31, or L for the last day"
        case .month: "numbers from 1 to 12, or names such as jan or january"
        case .dayOfWeek: "numbers from 0 to 7 (0 and 7 are Sunday), names such as mon or monday, fri#2 or L5"
        }
    }

    /// The value of a name of at least three letters, in lower case: `mon`, `tues` and `tuesday` are all accepted.
    func value(named name: Substring) -> Int? {
        guard name.utf8.count >= 3 else { return nil }
        return names.firstIndex { $0.hasPrefix(name) }.map { $0 + range.lowerBound }
    }

    private var names: [String] {
        switch self {
        case .minute, .hour, .dayOfMonth: []
        case .month: Self.months
        case .dayOfWeek: Self.weekdays
        }
    }

    private static let weekdays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
    private static let months = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december",
    ]
}
