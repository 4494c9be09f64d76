package import Configuration
import Synchronization

/// The URLs that a command line names, and its configuration file, for the apps that are made meanwhile. The URLs
/// override what an app's own reader finds; the file applies where that finds nothing.
package final class GivenURLs: Sendable {
    @TaskLocal package static var current: GivenURLs?

    package let broker: String?
    package let resultBackend: String?
    package let file: ConfigReader?
    private let wasRead = Atomic(false)

    package init(broker: String?, resultBackend: String?, file: ConfigReader? = nil) {
        self.broker = broker
        self.resultBackend = resultBackend
        self.file = file
    }

    /// Whether an app has read its configuration, and so used the URLs.
    package var isUsed: Bool { wasRead.load(ordering: .relaxed) }

    func noteUse() { wasRead.store(true, ordering: .relaxed) }
}
