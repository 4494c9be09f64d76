public import CeleriacBase

/// The five fields of cron: the minutes, hours, days and months at which something is due.
///
/// There are two forms, which treat days differently. Celery's form names its fields, and a day must match **both** the
/// day of the month and the day of the week. The text form is Unix's (Vixie cron, croniter, RQ): if both are
/// restricted, a day must match **either**.
///
/// ```swift
/// try Crontab(minute: 0, hour: "9-17", dayOfWeek: "mon-fri")     // Celery's crontab(...)
/// try Crontab(minute: 0, hour: 0, dayOfWeek: "fri", dayOfMonth: 13)          // Friday the 13th
/// try Crontab("0 0 13 * fri")                                    // every Friday, and every 13th
/// try Crontab("*/5 9-17 * * mon-fri"), try Crontab("@daily")
/// try Crontab("0 6 L * *"), try Crontab("0 6 * * fri#2")         // last day, second Friday
/// ```
///
/// A field that lists all of its values restricts nothing, however it is written. Two crontabs are equal if they mean
/// the same times. Seconds, years, `W` and croniter's `H` and `R` are refused, and so is a crontab that is never due,
/// such as one for 31 April. 29 February is allowed.
///
/// A crontab whose hour field covers all 24 hours follows the clock; with any other hour field, each named hour occurs
/// once a day. The difference matters only when clocks are changed: see ``Schedule``.
public struct Crontab: Sendable {
    /// How a day is matched if both the day of the month and the day of the week are restricted.
    public enum DayRule: String, Sendable, Hashable, Codable {
        /// The day must match both, as in Celery.
        case both
        /// The day must match at least one, as in Unix.
        case either
    }

    /// The fields as written, in the order of the text form.
    public let fields: String
    let times: CronTimes

    /// Celery's form.
    ///
    /// - Throws: ``CeleriacError`` with code `invalidSchedule`, which names the field, the place and the allowed
    ///   values, or says that the crontab is never due.
    public init(
        minute: CronField = .every, hour: CronField = .every, dayOfWeek: CronField = .every,
        dayOfMonth: CronField = .every, monthOfYear: CronField = .every, days: DayRule = .both
    ) throws(CeleriacError) {
        try self.init([minute.text, hour.text, dayOfMonth.text, monthOfYear.text, dayOfWeek.text], days)
    }

    /// The text form: minute, hour, day of month, month, day of week; or `@hourly`, `@daily`, `@midnight`, `@weekly`,
    /// `@monthly`, `@yearly`, `@annually`.
    ///
    /// - Throws: ``CeleriacError`` with code `invalidSchedule`, which names the field, the place and the allowed
    ///   values, or says that the crontab is never due.
    public init(_ text: String, days: DayRule = .either) throws(CeleriacError) {
        try self.init(try Self.fields(of: text), days)
    }

    private init(_ fields: [String], _ days: DayRule) throws(CeleriacError) {
        let fields = fields.map(Self.trimmed)
        self.fields = fields.joined(separator: " ")
        times = try CronTimes(fields, days)
        guard times.isEverDue else { throw Self.neverDue(self.fields) }
    }

    private static func neverDue(_ fields: String) -> CeleriacError {
        CeleriacError(
            .invalidSchedule,
            "the crontab \(fields.prefix(60).debugDescription) is never due: none of its months has a matching day; "
                + "change the day of month, the month or the day of week"
        )
    }

    public var days: DayRule { times.days.rule }

    // MARK: Text

    /// Removes the blanks around commas, which would begin another field in the text form.
    private static func trimmed(_ field: String) -> String {
        field.split(separator: ",", omittingEmptySubsequences: false)
            .map { $0.split(whereSeparator: \.isWhitespace).joined(separator: "\u{20}") }.joined(separator: ",")
    }

    private static let nicknames = [
        "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0",
        "@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *",
    ]

    private static func fields(of text: String) throws(CeleriacError) -> [String] {
        let trimmed = text.prefix(5000).split(whereSeparator: \.isWhitespace)
        if trimmed.count == 1, let known = nicknames[trimmed[0].lowercased()] {
            return known.split(separator: " ").map(String.init)
        }
        guard trimmed.count == 5 else { throw wrongCount(of: text, trimmed.count) }
        return trimmed.map(String.init)
    }

    private static func wrongCount(of text: String, _ count: Int) -> CeleriacError {
        let hint = (6...7).contains(count) ? " (seconds and years are not supported)" : ""
        return CeleriacError(
            .invalidSchedule,
            "the crontab \(text.prefix(60).debugDescription) has \(count) fields\(hint): use five, minute, hour, "
                + "day of month, month and day of week, or one of \(nicknames.keys.sorted().joined(separator: ", "))"
        )
    }
}

extension Crontab: Hashable, CustomStringConvertible {
    public static func == (first: Crontab, second: Crontab) -> Bool { first.times == second.times }
    public func hash(into hasher: inout Hasher) { hasher.combine(times) }

    /// The text form, for example `*/5 9-17 * * mon-fri`.
    public var description: String { fields }
}

/// Encoded as `{"fields": "0 9 * * mon-fri", "days": "both"}`.
extension Crontab: Codable {
    enum CodingKeys: String, CodingKey { case fields, days }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let fields = try container.decode(String.self, forKey: .fields)
        let days = try container.decodeIfPresent(DayRule.self, forKey: .days) ?? .either
        do {
            try self.init(fields, days: days)
        } catch {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "\(error)", underlyingError: error))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(fields, forKey: .fields)
        try container.encode(days, forKey: .days)
    }
}
