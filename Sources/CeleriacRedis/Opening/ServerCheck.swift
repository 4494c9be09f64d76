import CeleriacCore
import Logging
import RESPClient
import Synchronization

/// Whether the server may be trusted with messages: asked before the first command, once.
final class ServerCheck: Sendable {
    private enum State {
        case unknown, fit
        case asking(Task<Void, any Error>)
    }
    private let state = Guarded(State.unknown)
    private let hasWarnedOfClocks = Guarded(false)

    /// True once.
    func mayWarnOfClocks() -> Bool {
        hasWarnedOfClocks.withLock { hasWarned in
            defer { hasWarned = true }
            return !hasWarned
        }
    }

    /// - Throws: ``BrokerError`` with code `refused` for a server that may delete messages at will; whatever keeps the question
    ///   from being answered.
    func pass(_ link: ServerLink) async throws {
        let question = state.withLock { state -> Task<Void, any Error>? in
            switch state {
            case .fit: return nil
            case .asking(let question): return question
            case .unknown:
                let question = Task(executorPreference: link.client.executor) { try await Self.ask(link) }
                state = .asking(question)
                return question
            }
        }
        guard let question else { return }
        do {
            try await question.value
            state.withLock { $0 = .fit }
        } catch {
            state.withLock { state in
                if case .asking(let current) = state, current == question { state = .unknown }
            }
            throw error
        }
    }

    private static func ask(_ link: ServerLink) async throws {
        let answers: [RESPValue]
        do {
            answers = try await link.client.send([
                RESPCommand("INFO", "memory"), RESPCommand("INFO", "persistence"), RESPCommand("INFO", "server"),
            ])
        } catch {
            throw StoreError.translating(error, link.client.configuration)
        }
        if case .error(let refusal)? = answers.first(where: { if case .error = $0 { true } else { false } }) {
            link.logger.warning(
                "Redis does not tell how it is set up; make sure that maxmemory-policy is noeviction and appendonly is yes",
                metadata: ["error": "\(refusal.kind)"])
        }
        let facts = facts(in: answers)
        try judge(facts, link)
    }

    private static func judge(_ facts: [String: String], _ link: ServerLink) throws {
        let place = StoreError.place(link.client.configuration)
        if let policy = facts["maxmemory_policy"], policy.hasPrefix("allkeys") {
            throw BrokerError(
                .refused,
                "redis at \(place) has maxmemory-policy \(policy): it deletes messages when memory runs short. "
                    + "Set maxmemory-policy to noeviction, or use another server for tasks")
        }
        if facts["aof_enabled"] == "0" {
            link.logger.warning(
                "Redis keeps no append-only file: a crash of the server loses tasks. Set appendonly yes",
                metadata: ["redis": "\(place)"])
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
