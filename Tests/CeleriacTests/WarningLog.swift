import Logging

/// Keeps the lines of a log from warnings up.
struct WarningLog: LogHandler {
    let lines: Journal<String>
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .warning

    init(_ lines: Journal<String>) { self.lines = lines }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        lines.write("\(event.message) \(event.metadata ?? [:])")
    }
}
