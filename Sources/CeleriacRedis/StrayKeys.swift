import CeleriacCore
import Logging
import RESPClient
import Synchronization

/// Keys that hold another kind of value than they should. Each is logged once, and again only after it was right.
final class StrayKeys: Sendable {
    private let known = Guarded<[String: String]>([:])
    private let logger: Logger

    init(_ logger: Logger) { self.logger = logger }

    /// Logs the keys that a script passed over.
    ///
    /// - Parameters:
    ///   - answer: keys, and what they hold, in turn.
    ///   - keys: those that the script looked at, so that one which is right again is known; empty = unknown.
    func note(_ answer: RESPValue, among keys: @autoclosure () -> [String] = []) {
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
                "A key of Redis holds another kind of value than it should and is passed over; rename it or delete it",
                metadata: ["key": "\(stray.key.debugDescription)", "kind": "\(stray.kind)"])
        }
        for key in right { logger.info("A queue is served again", metadata: ["key": "\(key.debugDescription)"]) }
    }

    /// Logs the keys that were renamed: keys and their new names in turn.
    func noteRenamed(_ answer: RESPValue) {
        let words = answer.texts
        for place in stride(from: 0, to: words.count - 1, by: 2) {
            logger.error(
                "A key of Redis that belongs to this library held another kind of value, and was renamed",
                metadata: [
                    "key": "\(words[place].debugDescription)", "new_name": "\(words[place + 1].debugDescription)",
                ])
        }
    }
}

extension RedisStore {
    /// Does something. Where a key of our own bookkeeping holds another kind of value, that key is renamed, and it is done
    /// again, once.
    ///
    /// - Parameter keys: with the kind of each; by default those that the scripts share.
    func clearingWay<Value: Sendable>(
        of keys: [(key: String, kind: String)]? = nil, _ body: () async throws -> Value
    ) async throws -> Value {
        do { return try await body() } catch let error as BrokerError where error.isAboutKind {
            guard try await clearWay(of: keys) else { throw error }
            return try await body()
        }
    }

    /// - Returns: whether a key was in the way.
    private func clearWay(of keys: [(key: String, kind: String)]?) async throws -> Bool {
        var keys = keys ?? self.keys.sharedKinds
        var hasRenamed = false
        // First the set of queues, since it names the rest.
        if keys.contains(where: { $0.key == self.keys.queues }) {
            hasRenamed = try await rename(strays: [(self.keys.queues, "set")])
            let queues = try await server.send(RESPCommand("SMEMBERS", self.keys.queues)).texts
            keys += queues.compactMap(QueueName.init(rawValue:)).flatMap { queue in
                [self.keys.leases(queue), self.keys.delayed(queue), self.keys.dead(queue)].map { ($0, "zset") }
            }
        }
        return try await rename(strays: keys) || hasRenamed
    }

    private func rename(strays: [(key: String, kind: String)]) async throws -> Bool {
        var words = RESPWords()
        for stray in strays { words.append(stray.kind) }
        let renamed = try await server.run(Scripts.clear, keys: RESPWords(strays.map(\.key)), words)
        strayKeys.noteRenamed(renamed)
        return !renamed.texts.isEmpty
    }
}

extension RedisKeys {
    /// What the keys of ``shared`` hold.
    fileprivate var sharedKinds: [(key: String, kind: String)] {
        let kinds = ["hash", "zset", "string", "hash", "hash", "zset", "string", "set", "zset", "hash", "zset"]
        return zip(shared, kinds).map { ($0, $1) }
    }
}

extension BrokerError {
    /// Whether the server says that a key holds another kind of value, without saying which.
    fileprivate var isAboutKind: Bool {
        (underlying as? RESPServerError)?.description.contains("WRONGTYPE Operation") ?? false
    }
}
