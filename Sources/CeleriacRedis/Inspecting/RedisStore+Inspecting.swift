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

    public func messages(
        in queue: QueueName, _ status: MessagePlace.Status, offset: Int, limit: Int
    ) async throws -> [QueuedMessage] {
        guard limit > 0 else { return [] }
        let (offset, limit) = (min(max(offset, 0), 1 << 40), min(limit, 1 << 40))
        return switch status {
        case .ready:
            try await countingDeliveries(pages(offset, limit) { try await ready(in: queue, $0, $1) }).map(\.message)
        case .delayed: try await pages(offset, limit) { try await delayed(in: queue, $0, $1) }.map(\.message)
        case .leased: Array(try await held(in: queue).dropFirst(offset).prefix(limit))
        case .dead: try await graves(in: queue, offset: offset, limit: limit).map { queued($0) }
        }
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

    /// Asks for pages until there are as many messages as wanted: large messages come a few at a time.
    private func pages(
        _ offset: Int, _ limit: Int, _ page: (_ offset: Int, _ limit: Int) async throws -> [LyingMessage]
    ) async throws -> [LyingMessage] {
        var found: [LyingMessage] = []
        while found.count < limit {
            let more = try await page(offset + found.count, limit - found.count)
            if more.isEmpty { break }
            found += more
        }
        return found
    }

    private func ready(in queue: QueueName, _ offset: Int, _ limit: Int) async throws -> [LyingMessage] {
        let raws = try await run(Scripts.look, [queue.rawValue, offset, limit]).elements ?? []
        return raws.compactMap(\.bytes).map { LyingMessage(raw: $0, in: queue, now: time.now) }
    }

    private func delayed(in queue: QueueName, _ offset: Int, _ limit: Int) async throws -> [LyingMessage] {
        let members = try await run(Scripts.lookAtDelayed, [queue.rawValue, offset, limit]).elements ?? []
        return Swift.stride(from: 0, to: members.count - 1, by: 2).compactMap { place in
            guard let member = members[place].bytes, let due = members[place + 1].double else { return nil }
            return LyingMessage(delayed: member, due: Int64(boundedScore: due), in: queue, now: time.now)
        }
    }

    /// Adds how often the leases of ready messages have lapsed.
    private func countingDeliveries(_ lying: [LyingMessage]) async throws -> [LyingMessage] {
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
