import CeleriacCore

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// Points in time as RQ writes them. Source: RQ 3.0.0, `utils.py` (`utcformat`, `utcparse`).
package enum RQTime {
    /// UTC with six digits and a `Z`: `2026-11-22T08:36:15.268109Z`. RQ's workers fail on any other form.
    package static func text(_ date: Date) -> String {
        let text = ISODate.text(date).dropLast("+00:00".count)
        return text + (text.contains(".") ? "Z" : ".000000Z")
    }

    /// Reads RQ's form, and any other ISO 8601 date; a date without a zone is in UTC.
    ///
    /// - Returns: `nil` if the text is not a date.
    package static func parse(_ text: String) -> Date? { ISODate.parse(text) }

    /// Seconds since 1970 to the microsecond, as Python prints them: `1795336575.281535`, `1795336575.0`.
    static func seconds(_ date: Date) -> String { rounded(date.timeIntervalSince1970).description }

    static func date(seconds text: String) -> Date? {
        guard let seconds = Double(text), abs(seconds) < 1e12 else { return nil }
        return Date(timeIntervalSince1970: seconds)
    }

    /// Rounds to whole microseconds, which a double holds exactly for the next two centuries.
    static func rounded(_ seconds: Double) -> Double { (seconds * 1e6).rounded() / 1e6 }
}

/// A time to live or a time limit in whole seconds.
package struct RQSpan: Sendable, Hashable {
    /// No limit: `-1`.
    package static let unlimited = RQSpan(seconds: -1)

    package let seconds: Int

    /// Values below zero mean no limit; values above thirty thousand years are clamped to it.
    package init(seconds: Int) { self.seconds = seconds.bounded(to: -1...1_000_000_000_000) }

    /// `nil` if the span has no limit.
    package var duration: Duration? { seconds < 0 ? nil : .seconds(seconds) }
}
