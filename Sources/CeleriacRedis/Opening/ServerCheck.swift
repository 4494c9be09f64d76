import CeleriacCore
import Logging
import RESPClient
import Synchronization

/// Whether the server may be trusted with messages: asked before the first command.
///
/// Commands that come before the answer ask as well, each within its own deadline; the first answer counts for all.
final class ServerCheck: Sendable {
    private let isKnownFit = Atomic(false)
    private let hasWarnedOfSettings = Guarded(false)
    private let hasWarnedOfClocks = Guarded(false)

    var isFit: Bool { isKnownFit.load(ordering: .acquiring) }

    /// True once.
    func mayWarnOfClocks() -> Bool { Self.isFirst(hasWarnedOfClocks) }

    /// - Throws: ``BrokerError`` with code `refused` for a server that may delete messages at will; whatever keeps the question
    ///   from being answered.
    func pass(_ link: ServerLink, within deadline: Duration) async throws {
        let answers: [RESPValue]
        do {
            answers = try await link.client.send(
                [RESPCommand("INFO", "memory"), RESPCommand("INFO", "persistence"), RESPCommand("INFO", "server")],
                deadline: deadline)
        } catch {
            throw StoreError.translating(error, link.client.configuration)
        }
        let facts = Self.facts(in: answers)
        try Self.judge(facts, link)
        if Self.isFirst(hasWarnedOfSettings) { Self.warn(answers, facts, link) }
        isKnownFit.store(true, ordering: .releasing)
    }

    private static func isFirst(_ hasWarned: borrowing Guarded<Bool>) -> Bool {
        hasWarned.withLock { hasWarned in
            defer { hasWarned = true }
            return !hasWarned
        }
    }

    private static func warn(_ answers: [RESPValue], _ facts: [String: String], _ link: ServerLink) {
        if case .error(let refusal)? = answers.first(where: { if case .error = $0 { true } else { false } }) {
            link.logger.warning(
                "Redis does not tell how it is set up; make sure that maxmemory-policy is noeviction and appendonly is yes",
                metadata: ["error": "\(refusal.kind)"])
        }
        if facts["aof_enabled"] == "0" {
            link.logger.warning(
                "Redis keeps no append-only file: a crash of the server loses tasks. Set appendonly yes",
                metadata: ["redis": "\(StoreError.place(link.client.configuration))"])
        }
    }

    private static func judge(_ facts: [String: String], _ link: ServerLink) throws {
        let place = StoreError.place(link.client.configuration)
        if let policy = facts["maxmemory_policy"], policy.hasPrefix("allkeys") {
            throw BrokerError(
                .refused,
                "redis at \(place) has maxmemory-policy \(policy): it deletes messages when memory runs short. "
                    + "Set maxmemory-policy to noeviction, or use another server for tasks")
        }
        if let version = facts["redis_version"], isTooOld(version) {
            throw BrokerError(.incompatible, "redis at \(place) is version \(version); 6.2 or newer is needed")
        }
    }

    private static func isTooOld(_ version: String) -> Bool {
        let numbers = version.split(separator: ".").compactMap { Int($0) }
        guard numbers.count >= 2 else { return false }
        return (numbers[0], numbers[1]) < (6, 2)
    }

    private static func facts(in answers: [RESPValue]) -> [String: String] {
        var facts: [String: String] = [:]
        for line in answers.compactMap(\.text).joined(separator: "\n").split(whereSeparator: \.isNewline) {
            let sides = line.split(separator: ":", maxSplits: 1)
            if sides.count == 2 { facts[String(sides[0])] = String(sides[1]) }
        }
        return facts
    }
}
