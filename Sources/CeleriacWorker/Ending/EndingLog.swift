import Logging

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Writes the line "task ended" for the end of each attempt.
struct EndingLog: Sendable {
    private let logger: Logger
    /// Read from the logger once, not at each end.
    private let lowest: Logger.Level
    /// The level for calls that succeeded or were revoked.
    private let orderly: Logger.Level

    /// The most characters of a failure's text in a line.
    private static let longestFailure = 500

    init(_ logger: Logger, orderly: Logger.Level) {
        self.logger = logger
        self.orderly = orderly
        lowest = logger.logLevel
    }

    /// Writes the line: as an error if the call failed, as a warning if it is retried.
    func write(_ ending: Ending) {
        let level = level(of: ending.verdict)
        guard level >= lowest else { return }
        logger.log(level: level, "task ended", metadata: metadata(of: ending))
    }

    private func level(of verdict: Verdict) -> Logger.Level {
        switch verdict.state {
        case .failure: .error
        case .retry: .warning
        case .success, .revoked: orderly
        default: .debug
        }
    }

    private func metadata(of ending: Ending) -> Logger.Metadata {
        let (delivery, verdict) = (ending.attempt.delivery, ending.verdict)
        var metadata: Logger.Metadata = [
            "task_id": "\(delivery.id)", "task": "\(delivery.envelope.task)", "queue": "\(delivery.queue)",
            "attempt": "\(delivery.envelope.attempt)", "state": "\(verdict.state)",
        ]
        if let runtime = ending.attempt.runtime(until: ending.date) { metadata["runtime"] = "\(runtime.milliseconds)" }
        if let failure = verdict.failure { metadata["failure"] = "\(Self.clipped(failure.description))" }
        if let date = verdict.nextTry { metadata["next_try"] = "\(ISODate.text(date))" }
        return metadata
    }

    private static func clipped(_ text: String) -> String {
        text.count > longestFailure ? text.prefix(longestFailure) + "…" : text
    }
}

extension Verdict {
    /// When the call is tried again; `nil` if it has ended, or goes back to its queue at once.
    fileprivate var nextTry: Date? {
        switch self {
        case .again(_, let date, _, _), .later(_, let date, _): date
        case .givenBack(let date): date
        case .done, .parked, .dropped, .revoked, .replaced, .repeated, .notOurs: nil
        }
    }
}

extension Duration {
    /// The duration in seconds, rounded down to milliseconds: `0.012s`.
    fileprivate var milliseconds: String { "\(Double(Int(seconds * 1000)) / 1000)s" }
}
