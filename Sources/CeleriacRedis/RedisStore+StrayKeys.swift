import CeleriacCore
import RESPClient
import RedisKit

extension RedisStore {
    /// Runs `body`. If one of our bookkeeping keys holds another kind of value, renames that key and runs `body` once
    /// more.
    ///
    /// - Parameter keys: each key with the kind of value it should hold; by default those that the scripts share.
    func clearingWay<Value: Sendable>(
        of keys: [(key: String, kind: String)]? = nil, _ body: () async throws -> Value
    ) async throws -> Value {
        do { return try await body() } catch let error as BrokerError where error.isAboutKind {
            guard try await shielded({ try await self.clearWay(of: keys) }) else { throw error }
            return try await body()
        }
    }

    /// - Returns: whether a key was in the way.
    private func clearWay(of keys: [(key: String, kind: String)]?) async throws -> Bool {
        var keys = keys ?? self.keys.sharedKinds
        var hasRenamed = false
        // First the set of queues, because it names the other keys.
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
    /// The keys of ``shared`` with the kinds of values they should hold.
    fileprivate var sharedKinds: [(key: String, kind: String)] {
        let kinds = ["hash", "zset", "string", "hash", "hash", "zset", "string", "set", "zset", "hash", "zset"]
        return zip(shared, kinds).map { ($0, $1) }
    }
}

extension BrokerError {
    /// Whether the server reports that a key holds another kind of value. It does not name the key.
    fileprivate var isAboutKind: Bool {
        (underlying as? RESPServerError)?.description.contains("WRONGTYPE Operation") ?? false
    }
}
