import CeleriacCore
import Foundation
import Logging
import Synchronization

/// How far this machine's clock is off the server's.
///
/// The server's clock decides what is due. Dates of this process are converted if the clocks differ by more than a
/// second, so that a countdown is as long as it says, whatever this machine's clock shows.
final class ServerClock: Sendable {
    private struct State {
        var offset: TimeInterval = 0
        var hasWarned = false
    }

    private let state = Guarded(State())
    private let logger: Logger

    init(_ logger: Logger) { self.logger = logger }

    /// - Parameters:
    ///   - server: the server's clock, at some time during the question.
    ///   - asked: this machine's clock before the question.
    ///   - answered: this machine's clock after it.
    func measure(_ server: Date, from asked: Date, to answered: Date) {
        let middle = asked.addingTimeInterval(answered.timeIntervalSince(asked) / 2)
        let difference = server.timeIntervalSince(middle)
        let isOff = abs(difference) > max(1, answered.timeIntervalSince(asked))
        let mustWarn = state.withLock { state in
            state.offset = isOff ? difference : 0
            defer { state.hasWarned = isOff }
            return isOff && !state.hasWarned
        }
        guard mustWarn else { return }
        logger.warning(
            "The clocks of PostgreSQL and of this machine differ; the server's decides what is due",
            metadata: ["seconds": "\((difference * 10).rounded() / 10)"])
    }

    /// A date of this machine, as the server's clock shows the same instant.
    func onServer(_ date: Date) -> Date { date.addingTimeInterval(offset) }

    /// A date of the server, as this machine's clock shows the same instant.
    func here(_ date: Date) -> Date { date.addingTimeInterval(-offset) }

    private var offset: TimeInterval { state.withLock { $0.offset } }
}

extension PostgresStore {
    func onServer(_ date: Date?) -> Date? { date.map(clock.onServer) }
    func here(_ date: Date?) -> Date? { date.map(clock.here) }
}
