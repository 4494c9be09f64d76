#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
import CeleriacJSON

/// When something is due, again and again. A pure rule: it knows no clock, and the same question has the same answer in
/// every process.
///
/// ```swift
/// .every(.minutes(5))
/// .crontab("30 2 * * *", in: try Zone("Europe/Berlin"))
/// .solar(.sunset, latitude: 52.52, longitude: 13.41)
/// .once(at: launch)
/// ```
///
/// A crontab is read off the clocks of its zone. On the days on which these are changed:
///
/// - What the clocks skip is due once, at the first instant after the gap, however many of the crontab's times lie in it.
///   `30 2 * * *` is due at 03:00 in the night in which summer time begins, and so is `*/10 2 * * *`, once. A time that falls
///   into a day that a country has left out (Samoa, 2011-12-30) is due when the next day begins.
/// - What they show twice is due the first time only, if the hour field names hours (`2`, `1,2`, `*/2`, `0-12`): each named
///   hour comes once a day, whatever the minute field. It is due both times if the field means all 24 hours: `*/5 * * * *`
///   goes on every five minutes.
///
/// Ticks are whole seconds (microseconds for ``every(_:anchoredAt:)``), before the year 2400.
public struct Schedule: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        /// In microseconds.
        case every(Int, anchor: Date?)
        case crontab(Crontab, Zone)
        case solar(SolarEvent, latitude: Double, longitude: Double)
        case once(Date)
    }

    package let kind: Kind

    init(_ kind: Kind) { self.kind = kind }

    /// At a fixed interval: at `anchor + k * interval` for all whole numbers k, before the anchor too.
    ///
    /// - Parameters:
    ///   - interval: from a millisecond to a hundred years; counted in microseconds. Anything else stops the program.
    ///   - anchor: what the ticks are aligned to. By default the instant at which the entry was first seen, so that the first
    ///     tick comes one interval later, as in Celery: see ``anchored(at:)``.
    public static func every(_ interval: Duration, anchoredAt anchor: Date? = nil) -> Schedule {
        let microseconds = microseconds(interval)
        precondition(intervals.contains(microseconds), "an interval lasts from a millisecond to a hundred years")
        return Schedule(.every(microseconds, anchor: anchor))
    }

    /// At the times of a crontab, as the clocks of a zone show them; UTC by default.
    public static func crontab(_ crontab: Crontab, in zone: Zone = .utc) -> Schedule {
        Schedule(.crontab(crontab, zone))
    }

    /// At the times of a crontab in its text form, as the clocks of a zone show them; UTC by default.
    ///
    /// - Parameter text: a literal. It is code, not input: one that is no crontab, or is never due, stops the program where
    ///   it stands. For a text that comes from elsewhere use `.crontab(try Crontab(text))`, which throws.
    public static func crontab(_ text: StaticString, in zone: Zone = .utc) -> Schedule {
        do { return .crontab(try Crontab(text.description), in: zone) } catch { preconditionFailure("\(error)") }
    }

    /// At what the sun does each day, as seen from a place; a day without it, in the polar day or night, is skipped.
    ///
    /// Right to a minute or two, mountains left aside. Within a hundred kilometres of a pole, where the sun rises once a year,
    /// it may be missed.
    ///
    /// - Parameters:
    ///   - latitude: in degrees, from -90 to 90; north is positive. Anything else stops the program.
    ///   - longitude: in degrees, from -180 to 180; east is positive. Anything else stops the program.
    public static func solar(_ event: SolarEvent, latitude: Double, longitude: Double) -> Schedule {
        precondition(SolarPlace.isValid(latitude: latitude, longitude: longitude), "no such place on the earth")
        return Schedule(.solar(event, latitude: latitude, longitude: longitude))
    }

    /// One single time.
    public static func once(at date: Date) -> Schedule { Schedule(.once(date)) }

    /// The same schedule, its interval aligned to a date if it has no anchor yet; others have nothing to align.
    public func anchored(at date: Date) -> Schedule {
        guard case .every(let interval, nil) = kind else { return self }
        return Schedule(.every(interval, anchor: date))
    }

    // MARK: Detail

    /// In microseconds.
    static let intervals = 1000...36_525 * 86_400 * 1_000_000

    private static func microseconds(_ duration: Duration) -> Int {
        let (seconds, attoseconds) = duration.components
        guard abs(seconds) < 1 << 40 else { return 0 }
        return Int(seconds) * 1_000_000 + Int(attoseconds / 1_000_000_000_000)
    }
}

extension Schedule: CustomStringConvertible {
    /// For people, for example `30 2 * * * (Europe/Berlin)` or `every 300.0 seconds`.
    public var description: String {
        switch kind {
        case .every(let interval, _): "every \(Double(interval) / 1e6) seconds"
        case .crontab(let crontab, let zone): "\(crontab) (\(zone))"
        case .solar(let event, let latitude, let longitude): "\(event.rawValue) at \(latitude), \(longitude)"
        case .once(let date): "once at \(ISODate.text(date))"
        }
    }
}
