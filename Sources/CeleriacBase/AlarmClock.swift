import Dispatch
import Synchronization

/// Rings waiters whose wait has a limit, by the machine's own clock.
///
/// Nearly all of these waits end before their limit. The timer is set anew only for an alarm that comes before all
/// others, so setting and clearing an alarm usually takes a lock and no system call.
final class AlarmClock: Sendable {
    static let shared = AlarmClock()
    /// Alarms ring at multiples of this, so up to as much too late.
    static let tick = Duration.milliseconds(2)

    private struct State {
        var alarms: [Int64: [ObjectIdentifier: Waiter]] = [:]
        /// The alarm for which the timer is set.
        var next: Int64?
    }

    private let state = Guarded(State())
    private let queue = DispatchQueue(label: "celeriac.alarms", qos: .userInteractive)
    private let time = SystemTime()

    /// - Parameter deadline: by the clock's `uptime`.
    /// - Returns: the alarm, for ``clear(_:of:)``.
    func set(for waiter: Waiter, at deadline: Duration) -> Int64 {
        // In thirty thousand years at the latest, which a count of ticks can hold.
        let alarm = Int64((min(deadline.seconds, 1e12) / Self.tick.seconds).rounded(.up))
        state.withLock { state in
            state.alarms[alarm, default: [:]][ObjectIdentifier(waiter)] = waiter
            guard alarm < state.next ?? .max else { return }
            state.next = alarm
            setTimer(alarm)
        }
        return alarm
    }

    func clear(_ alarm: Int64, of waiter: Waiter) {
        state.withLock { state in
            state.alarms[alarm]?[ObjectIdentifier(waiter)] = nil
            if state.alarms[alarm]?.isEmpty == true { state.alarms[alarm] = nil }
        }
    }

    private func setTimer(_ alarm: Int64) {
        let rest = max(Self.tick * Double(alarm) - time.uptime, .zero)
        queue.asyncAfter(deadline: .now() + min(rest.seconds, 3.1e9)) { [self] in ring(alarm) }
    }

    /// Rings what is due. A timer that an earlier alarm has replaced does nothing.
    private func ring(_ alarm: Int64) {
        let due = state.withLock { state -> [Waiter] in
            guard state.next == alarm else { return [] }
            let now = Int64(time.uptime.seconds / Self.tick.seconds)
            let due = state.alarms.filter { $0.key <= now }
            for key in due.keys { state.alarms[key] = nil }
            state.next = state.alarms.keys.min()
            if let next = state.next { setTimer(next) }
            return due.values.flatMap(\.values)
        }
        for waiter in due { waiter.ring() }
    }
}
