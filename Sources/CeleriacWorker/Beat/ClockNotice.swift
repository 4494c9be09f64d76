import CeleriacCore
import Foundation
import Logging
import Synchronization

/// Logs a warning if an entry's last tick lies ahead of the clock: at most one line an hour, for all entries together.
///
/// This happens after the clock of this machine, or of another one with a beat, ran ahead and was corrected, or if
/// their clocks differ now.
final class ClockNotice: Sendable {
    /// Clocks that NTP sets differ by less.
    private static let tolerance = Duration.minutes(1)
    private static let pause = Duration.hours(1)

    /// The uptime at which the next line may be written.
    private let next = Guarded<Duration>(.zero)

    func give(of record: ScheduleRecord, at now: Date, to app: TaskApp) {
        let last = record.state.lastTick ?? record.state.firstSeen
        guard last > now.adding(Self.tolerance), isTime(app.time.uptime) else { return }
        app.logger.warning(
            """
            the last tick of an entry lies in the future: the clock of this machine or of another beat ran ahead; \
            the tick counts as now
            """,
            metadata: [
                "entry": "\(record.name)", "last_tick": "\(ISODate.text(last))", "now": "\(ISODate.text(now))",
            ])
    }

    private func isTime(_ uptime: Duration) -> Bool {
        next.withLock { next in
            guard uptime >= next else { return false }
            next = uptime + Self.pause
            return true
        }
    }
}
