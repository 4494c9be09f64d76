public import CeleriacCore
import CeleriacWire
import RESPClient

/// There is no index by id on kombu's layout: to find one message, all are looked through, some hundred at a time, so that
/// nobody else waits long. What moves meanwhile may be missed, or seen twice.
extension RedisStore: Inspector {
    /// How many messages one step of a search looks at.
    private static let stride = 500

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

    /// - Complexity: grows with the number of all messages.
    public func message(of id: TaskID) async throws -> QueuedMessage? {
        if let found = try await waiting(id) { return try await countingDeliveries([found.lying]).first?.message }
        if let held = try await held(in: nil).first(where: { $0.id == id }) { return held }
        return try await grave(of: id).map { queued($0) }
    }

    /// - Complexity: grows with the number of messages that wait.
    public func position(of id: TaskID) async throws -> Int? {
        guard let found = try await waiting(id), found.lying.message.status == .ready else { return nil }
        return found.position
    }

    /// - Complexity: grows with the number of messages that wait.
    public func remove(_ id: TaskID) async throws -> Bool {
        guard let found = try await waiting(id) else { return false }
        let lying = found.lying
        let words: RESPWords = [lying.message.queue.rawValue, lying.raw, lying.delayedMember ?? []]
        return try await run(Scripts.remove, words).integer == 1
    }

    /// Asks for pages until there are as many as wanted: large messages come a few at a time.
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

    // MARK: Searching

    /// Looks through all queues, what is ready first.
    private func waiting(_ id: TaskID) async throws -> (lying: LyingMessage, position: Int)? {
        for queue in try await queues() {
            for pages in [ready(in:_:_:), delayed(in:_:_:)] {
                var offset = 0
                while true {
                    let page = try await pages(queue, offset, Self.stride)
                    if let place = page.firstIndex(where: { $0.message.id == id }) {
                        return (page[place], offset + place)
                    }
                    if page.isEmpty { break }
                    offset += page.count
                }
            }
        }
        return nil
    }

    private func ready(in queue: QueueName, _ offset: Int, _ limit: Int) async throws -> [LyingMessage] {
        let raws = try await run(Scripts.look, [queue.rawValue, offset, limit]).elements ?? []
        return raws.compactMap(\.bytes).map { LyingMessage(raw: $0, in: queue, now: time.now) }
    }

    private func delayed(in queue: QueueName, _ offset: Int, _ limit: Int) async throws -> [LyingMessage] {
        let members = try await run(Scripts.lookAtDelayed, [queue.rawValue, offset, limit]).elements ?? []
        return Swift.stride(from: 0, to: members.count - 1, by: 2).compactMap { place in
            guard let member = members[place].bytes, let due = members[place + 1].number, abs(due) < 0x1p53 else {
                return nil
            }
            return LyingMessage(delayed: member, due: Int64(due), in: queue, now: time.now)
        }
    }

    /// How often the leases of what is ready have lapsed.
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
    var lapses: Int { max(0, min(1_000_000, text.flatMap { Int($0.prefix { $0 != " " }) } ?? 0)) }
}
