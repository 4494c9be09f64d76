import Logging

extension Logger {
    static var quiet: Logger { Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() } }
}
