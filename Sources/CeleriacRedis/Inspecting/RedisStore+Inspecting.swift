public import CeleriacCore
import CeleriacWire
import RESPClient

/// Kombu's layout has no index by id. To find one message, the server looks through all messages, a few hundred at a
/// time, so that other clients do not wait long.
///
/// The search follows the way of the messages (delayed, ready, held), and reads each place from its far end, so it
/// meets a message that moves on meanwhile. A second search finds a message that was given back behind the first one.
extension RedisStore: Inspector {
    /// How many searches must fail before a message counts as gone.
    static let searches = 2

    /// Ready messages lie in lists, which have no keys: the cursor holds marks of the last messages listed, see
    /// `ReadyEnd`. No message is skipped. Messages are listed again if, between two pages, all of the last eight that
    /// were listed were removed by hand, or all of the newest four, or if more than a thousand (or 16 MiB) of the list
    /// were removed by hand or put at the front.
    ///
    /// Leased messages come in the order in which they were claimed. A message that Python holds is listed again if
    /// Python renews its visibility between two pages.
    public func messages(
        in queue: QueueName, _ status: MessagePlace.Status, after cursor: Cursor?, limit: Int
    ) async throws -> Page<QueuedMessage> {
        let (list, limit) = (MessageList("redis", queue, status), limit.ofPage)
        let key = try cursor.map { try list.key(of: $0) }
        switch status {
        case .ready:
            return try await ready(in: list, queue, after: Self.end(key, ReadyEnd.init, cursor), limit)
        case .delayed:
            return try await delayed(in: list, queue, after: Self.end(key, DelayedEnd.init, cursor), limit)
        case .leased:
            return try await leased(in: list, queue, after: Self.end(key, ClaimKey.init, cursor), limit)
        case .dead:
            return try await dead(in: list, queue, after: Self.end(key, ScoredCursor.init(key:), cursor), limit)
        }
    }

    /// Reads the key of a cursor; `nil` without one.
    ///
    /// - Throws: ``BrokerError`` with code `refused` for a key of another form.
    private static func end<Key>(
        _ key: [String]?, _ read: ([String]) -> Key?, _ cursor: Cursor?
    ) throws(BrokerError) -> Key? {
        guard let key, let cursor else { return nil }
        guard let end = read(key) else { throw cursor.refusal }
        return end
    }

    /// - Complexity: O(*n*) in the number of all messages.
    public func message(of id: TaskID) async throws -> QueuedMessage? {
        for _ in 0..<Self.searches {
            if let found = try await waiting(id) { return try await countingDeliveries([found.lying]).first?.message }
            if let held = try await held(in: nil).first(where: { $0.id == id }) { return held }
        }
        return try await grave(of: id).map { queued($0) }
    }

    /// - Complexity: O(*n*) in the number of waiting messages.
    public func position(of id: TaskID) async throws -> Int? {
        for _ in 0..<Self.searches {
            if let found = try await waiting(id) { return found.position }
        }
        return nil
    }

    /// - Complexity: O(*n*) in the number of waiting messages.
    public func remove(_ id: TaskID) async throws -> Bool {
        for _ in 0..<Self.searches {
            guard let lying = try await waiting(id)?.lying else { continue }
            let words: RESPWords = [lying.message.queue.rawValue, lying.raw, lying.delayedMember ?? []]
            // Otherwise the message has moved on since.
            if try await run(Scripts.remove, words).integer == 1 { return true }
        }
        return false
    }

    /// Adds how often the leases of ready messages have lapsed.
    func countingDeliveries(_ lying: [LyingMessage]) async throws -> [LyingMessage] {
        guard !lying.isEmpty else { return [] }
        var command = RESPCommand("HMGET", keys.own("deliveries"))
        for message in lying { command.append(message.tag) }
        let counts = try await send(command).elements ?? []
        return zip(lying, counts).map { lying, count in
            var lying = lying
            lying.message.deliveryCount = count.lapses
            return lying
        }
    }
}

extension RESPValue {
    /// The count in an entry of `celeriac.deliveries`.
    var lapses: Int { text.flatMap { Int($0.prefix { $0 != " " }) }.map { Int(count: $0) } ?? 0 }
}
