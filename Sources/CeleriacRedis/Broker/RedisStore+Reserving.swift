public import CeleriacCore

extension RedisStore: QueueReserving {
    public func objection(to queue: QueueName) -> String? { keys.taken.owner(of: queue) }

    /// - Throws: ``BrokerError`` with code `refused` for a name that this store uses itself.
    func check(_ queues: some Sequence<QueueName>) throws {
        for queue in queues {
            guard let objection = objection(to: queue) else { continue }
            throw BrokerError(.refused, "\"\(queue.rawValue.onOneLine)\" cannot be a queue of this store: \(objection)")
        }
    }
}

/// The names that no queue of a store can have, because its options use them for other keys. By default there are no
/// such names: a ``QueueName`` cannot be a name that kombu or Celery uses.
struct TakenNames: Sendable {
    private var stems: [(stem: String, owner: String)] = []
    private var wholes: [(name: String, owner: String)] = []
    /// The separator that no name may contain; `nil` if no ``QueueName`` could contain it.
    private let separator: String?

    /// - Parameters:
    ///   - prefix: the prefix of all lists.
    ///   - results: the prefix of the keys of results.
    init(_ options: RedisOptions, prefix: String, results: String) {
        let canStandInNames = QueueName(rawValue: "q" + options.separator) != nil
        separator = canStandInNames ? options.separator : nil
        for key in ["celery-task-meta-", "celery-taskset-meta-", "celeriac."] {
            guard let stem = Self.rest(of: results + key, behind: prefix), stem != key else { continue }
            stems.append((stem, "results of this store have keys that begin so"))
        }
        for name in [options.unackedKey, options.unackedIndexKey] where QueueName(rawValue: name) != nil {
            wholes.append((name, "this store keeps the messages that workers hold under it"))
        }
    }

    /// - Returns: how the name of a queue must begin for its list to collide with keys that begin with `key`; `nil` if
    ///   none can.
    private static func rest(of key: String, behind prefix: String) -> String? {
        if key.utf8.starts(with: prefix.utf8) {
            return String(decoding: key.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
        }
        return prefix.utf8.starts(with: key.utf8) ? "" : nil
    }

    func owner(of queue: QueueName) -> String? {
        let name = queue.rawValue
        if let separator, name.contains(separator) { return "it contains this store's sep" }
        if let stem = stems.first(where: { name.utf8.starts(with: $0.stem.utf8) }) { return stem.owner }
        return wholes.first { $0.name.utf8.elementsEqual(name.utf8) }?.owner
    }

    /// The same names for scripts, with those that are reserved everywhere: `^` for a beginning, `$` for an end, `=`
    /// for a whole name.
    var patterns: [String] {
        QueueName.reservedPatterns + stems.map { "^" + $0.stem } + wholes.map { "=" + $0.name }
    }
}
