package import CeleriacCore
package import Logging

/// Logs the errors that keep a store's background work from being done. A repeated error is a warning only once until
/// it is over, because the work is tried again and again.
package struct UpkeepTrouble {
    private let logger: Logger
    private var last: String?

    package init(_ logger: Logger) { self.logger = logger }

    package mutating func note(_ error: BrokerError) {
        let message = "\(error)"
        let level: Logger.Level = error.isTransient || message == last ? .debug : .warning
        last = error.isTransient ? last : message
        logger.log(level: level, "Background work on Redis is put off", metadata: ["error": "\(message)"])
    }

    package mutating func isOver() { last = nil }
}
