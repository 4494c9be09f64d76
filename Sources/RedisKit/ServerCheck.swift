import CeleriacCore
import Logging
import RESPClient
import Synchronization

/// Checks once, before the first command, whether the server can be trusted with messages.
///
/// Commands that arrive before the answer wait for the same question, each no longer than its own deadline. A command
/// that has less time left than the question under way asks again.
package final class ServerCheck: Sendable {
    private enum State {
        case unknown, fit
        case asking(Task<Void, any Error>, by: ContinuousClock.Instant)
    }
    private let state = Guarded(State.unknown)
    private let hasWarnedOfSettings = Guarded(false)
    private let hasWarnedOfClocks = Guarded(false)

    package var isFit: Bool { state.withLock { if case .fit = $0 { true } else { false } } }

    /// Returns `true` the first time, then `false`.
    package func mayWarnOfClocks() -> Bool { Self.isFirst(hasWarnedOfClocks) }

    /// - Throws: ``BrokerError`` with code `refused` for a server that may delete messages at will; otherwise the error
    ///   that prevented an answer before `due`.
    package func pass(_ link: ServerLink, by due: ContinuousClock.Instant) async throws {
        while let (question, isOwn) = question(to: link, by: due) {
            do {
                try await question.value
                return state.withLock { $0 = .fit }
            } catch {
                state.withLock { state in
                    if case .asking(let current, _) = state, current == question { state = .unknown }
                }
                // The deadline of another command does not apply here.
                let isWorthwhile = !isOwn && due > .now && (error as? BrokerError)?.isTransient == true
                guard isWorthwhile else { throw error }
            }
        }
    }

    /// - Returns: `nil` if the answer is known already.
    private func question(
        to link: ServerLink, by due: ContinuousClock.Instant
    ) -> (Task<Void, any Error>, isOwn: Bool)? {
        state.withLock { state in
            switch state {
            case .fit: return nil
            case .asking(let question, let end) where end <= due: return (question, false)
            case .asking, .unknown:
                let question = Task(executorPreference: link.client.executor) { try await self.ask(link, by: due) }
                state = .asking(question, by: due)
                return (question, true)
            }
        }
    }

    private func ask(_ link: ServerLink, by due: ContinuousClock.Instant) async throws {
        let answers: [RESPValue]
        do {
            answers = try await link.client.send(
                [RESPCommand("INFO", "memory"), RESPCommand("INFO", "persistence"), RESPCommand("INFO", "server")],
                deadline: due - .now)
        } catch {
            throw StoreError.translating(error, link.client.configuration)
        }
        let facts = Self.facts(in: answers)
        try Self.judge(facts, link)
        if Self.isFirst(hasWarnedOfSettings) { Self.warn(answers, facts, link) }
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
