import CeleriacCore
package import Logging
package import RESPClient
import Synchronization

/// Keys that hold the wrong kind of value. Each is logged once, and again only after it was right in between.
package final class StrayKeys: Sendable {
    private let known = Guarded<[String: String]>([:])
    private let logger: Logger

    package init(_ logger: Logger) { self.logger = logger }

    /// Logs the keys that a script skipped.
    ///
    /// - Parameters:
    ///   - answer: alternating keys and the kinds of values that they hold.
    ///   - keys: the keys that the script looked at, so that one that is right again is noticed; empty if unknown.
    package func note(_ answer: RESPValue, among keys: @autoclosure () -> [String] = []) {
        let words = answer.texts
        let strays = stride(from: 0, to: words.count - 1, by: 2).map { (key: words[$0], kind: words[$0 + 1]) }
        let (new, right) = known.withLock { known -> ([(key: String, kind: String)], [String]) in
            guard !strays.isEmpty || !known.isEmpty else { return ([], []) }
            let new = strays.filter { known[$0.key] != $0.kind }
            for stray in strays { known[stray.key] = stray.kind }
            let right = keys().filter { key in known[key] != nil && !strays.contains { $0.key == key } }
            for key in right { known[key] = nil }
            return (new, right)
        }
        for stray in new {
            logger.error(
                "A Redis key has a value of the wrong type and is skipped; rename it or delete it",
                metadata: ["key": "\(stray.key.debugDescription)", "kind": "\(stray.kind)"])
        }
        for key in right { logger.info("A queue is served again", metadata: ["key": "\(key.debugDescription)"]) }
    }

    /// Logs the keys that were renamed: alternating keys and new names.
    package func noteRenamed(_ answer: RESPValue) {
        let words = answer.texts
        for place in stride(from: 0, to: words.count - 1, by: 2) {
            logger.error(
                "A Redis key of this library had a value of the wrong type and was renamed",
                metadata: [
                    "key": "\(words[place].debugDescription)", "new_name": "\(words[place + 1].debugDescription)",
                ])
        }
    }
}
