import ArgumentParser
import Logging

/// The log level: the name of one of swift-log's levels.
struct LogLevelArgument: ExpressibleByArgument {
    static let info = LogLevelArgument(level: .info)
    static let allValueStrings = Logger.Level.allCases.map(\.rawValue)

    let level: Logger.Level

    init?(argument: String) {
        guard let level = Logger.Level(rawValue: argument.lowercased()) else { return nil }
        self.level = level
    }

    private init(level: Logger.Level) { self.level = level }

    var defaultValueDescription: String { level.rawValue }
}
