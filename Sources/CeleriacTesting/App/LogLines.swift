import CeleriacBase
package import Logging
import Synchronization

/// Collects what is logged: one line for each event, with its metadata.
package final class LogLines: Sendable {
    private let kept = Guarded<[String]>([])
    private let level: Logger.Level

    /// - Parameter level: the lowest level that is kept.
    package init(from level: Logger.Level = .info) { self.level = level }

    package var lines: [String] { kept.withLock { $0 } }
    package var logger: Logger { Logger(label: "tests") { _ in Handler(lines: self, logLevel: level) } }

    private struct Handler: LogHandler {
        let lines: LogLines
        var logLevel: Logger.Level
        var metadata = Logger.Metadata()

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let line = "\(event.message) \(event.metadata ?? [:])"
            lines.kept.withLock { $0.append(line) }
        }
    }
}
