#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
import CeleriacJSON

/// A rule for when something is due, once or repeatedly. It is pure: it uses no clock, and returns the same ticks in
/// every process.
///
/// ```swift
/// .every(.minutes(5))
/// .crontab("30 2 * * *", in: try Zone("Europe/Berlin"))
/// .solar(.sunset, latitude: 52.52, longitude: 13.41)
/// .once(at: launch)
/// ```
///
/// A crontab uses the local time of its zone. On the days on which the clocks are changed:
///
/// - A time that the clocks skip is due once, at the first instant after the gap, however many of the crontab's times
///   lie in the gap. `30 2 * * *` is due at 03:00 in the night in which summer time begins, and so is `*/10 2 * * *`,
///   once. A time on a day that a country has skipped (Samoa, 2011-12-30) is due when the next day begins.
/// - A time that the clocks show twice is due only the first time, if the hour field names hours (`2`, `1,2`, `*/2`,
///   `0-12`): each named hour occurs once a day, whatever the minute field. It is due both times if the field covers
///   all 24 hours: `*/5 * * * *` continues every five minutes.
///
/// Ticks are whole seconds (microseconds for ``every(_:anchoredAt:)``), before the year 2400.
public struct Schedule: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        /// The interval, in microseconds.
        case every(Int, anchor: Date?)
        case crontab(Crontab, Zone)
        case solar(SolarEvent, latitude: Double, longitude: Double)
        case once(Date)
    }

    package let kind: Kind

    init(_ kind: Kind) { self.kind = kind }

    /// A fixed interval: due at `anchor + k * interval` for all whole numbers k, before the anchor too.
    ///
    /// - Parameters:
    ///   - interval: from a millisecond to a hundred years, in whole microseconds. Any other value stops the program.
    ///   - anchor: the date that the ticks are aligned to. By default the time at which the entry was first seen, so
    ///     that the first tick comes one interval later, as in Celery: see ``anchored(at:)``.
    public static func every(_ interval: Duration, anchoredAt anchor: Date? = nil) -> Schedule {
        let microseconds = microseconds(interval)
        precondition(intervals.contains(microseconds), "an interval must be from a millisecond to a hundred years")
        return Schedule(.every(microseconds, anchor: anchor))
    }

    /// The times of a crontab in the local time of a zone; UTC by default.
    public static func crontab(_ crontab: Crontab, in zone: Zone = .utc) -> Schedule {
        Schedule(.crontab(crontab, zone))
    }

    /// The times of a crontab in its text form, in the local time of a zone; UTC by default.
    ///
    /// - Parameter text: a literal. It is code, not input: an invalid crontab, or one that is never due, stops the
    ///   program at this call. For text from elsewhere use `.crontab(try Crontab(text))`, which throws.
    public static func crontab(_ text: StaticString, in zone: Zone = .utc) -> Schedule {
        do { return .crontab(try Crontab(text.description), in: zone) } catch { preconditionFailure("\(error)") }
    }

    /// A daily event of the sun, as seen from a place; a day without the event, in the polar day or night, is skipped.
    ///
    /// Accurate to one or two minutes, without regard to mountains. Within a hundred kilometres of a pole, where the
    /// sun rises once a year, an event may be missed.
    ///
    /// - Parameters:
    ///   - latitude: in degrees, from -90 to 90; north is positive. Any other value stops the program.
    ///   - longitude: in degrees, from -180 to 180; east is positive. Any other value stops the program.
    public static func solar(_ event: SolarEvent, latitude: Double, longitude: Double) -> Schedule {
        precondition(
            SolarPlace.isValid(latitude: latitude, longitude: longitude),
            "the latitude must be from -90 to 90, the longitude from -180 to 180")
        return Schedule(.solar(event, latitude: latitude, longitude: longitude))
    }

    /// A single time.
    public static func once(at date: Date) -> Schedule { Schedule(.once(date)) }

    /// Returns the same schedule with its interval aligned to a date, if it has no anchor yet; other schedules are
    /// unchanged.
    public func anchored(at date: Date) -> Schedule {
        guard case .every(let interval, nil) = kind else { return self }
        return Schedule(.every(interval, anchor: date))
    }

    // MARK: Detail

    /// The allowed intervals, in microseconds.
    static let intervals = 1000...36_525 * 86_400 * 1_000_000

    private static func microseconds(_ duration: Duration) -> Int {
        let (seconds, attoseconds) = duration.components
        guard abs(seconds) < 1 << 40 else { return 0 }
        return Int(seconds) * 1_000_000 + Int(attoseconds / 1_000_000_000_000)
    }
}

extension Schedule: CustomStringConvertible {
    /// A description for people, for example `30 2 * * * (Europe/Berlin)` or `every 300.0 seconds`.
    public var description: String {
        switch kind {
        case .every(let interval, _): "every \(Double(interval) / 1e6) seconds"
        case .crontab(let crontab, let zone): "\(crontab) (\(zone))"
        case .solar(let event, let latitude, let longitude): "\(event.rawValue) at \(latitude), \(longitude)"
        case .once(let date): "once at \(ISODate.text(date))"
        }
    }
}
