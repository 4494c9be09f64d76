import CeleriacCore
import CeleriacRQWire
import Logging
import RESPClient
import Synchronization
import RedisKit

/// Waits for new results of any number of jobs on one connection: `XREAD BLOCK` over all of their streams, as RQ's own
/// clients wait.
///
/// The same command reads one more stream, this process's own. An entry there ends the block, so that a job that
/// somebody begins to wait for is included at once.
final class RQResultStreams: Sendable {
    private static let timeout = Duration.seconds(2)

    private struct State {
        var ears: [TaskID: [ObjectIdentifier: Ear]] = [:]
        var run: Task<Void, Never>?
        var isClosed = false
    }
    private let state = Guarded(State())
    private let client: RESPClient
    private let keys: RQKeys
    private let logger: Logger
    private let bell: String

    init(_ client: RESPClient, _ keys: RQKeys, _ logger: Logger) {
        self.client = client
        self.keys = keys
        self.logger = logger
        bell = keys.own("bell:\(RQIdentity.nonce())")
    }

    /// Makes `ear` look whenever a result of the job arrives. Call ``leave(_:of:)`` at the end.
    func listen(_ ear: Ear, to id: TaskID) async {
        let isNew = state.withLock { state in
            let isNew = state.ears[id] == nil
            state.ears[id, default: [:]][ObjectIdentifier(ear)] = ear
            guard state.run == nil else { return isNew }
            // Not a child of the waiter's task: it serves all waiters.
            if !state.isClosed { state.run = Task(executorPreference: client.executor) { await self.run() } }
            return false
        }
        guard isNew else { return }
        do {
            _ = try await client.send([
                RESPCommand("XADD", bell, "MAXLEN", 1, "*", "ring", ""), RESPCommand("EXPIRE", bell, 60),
            ])
        } catch {
            // The delay is at most the second after which the waiter looks in any case.
            logger.debug("A result may be seen a little late", metadata: ["task_id": "\(id)", "error": "\(error)"])
        }
    }

    func leave(_ ear: Ear, of id: TaskID) {
        state.withLock { state in
            state.ears[id]?[ObjectIdentifier(ear)] = nil
            if state.ears[id]?.isEmpty == true { state.ears[id] = nil }
        }
    }

    func close() {
        let run = state.withLock { state in
            state.isClosed = true
            return state.run.take()
        }
        run?.cancel()
    }

    private func run() async {
        // The position that each stream was read to. For a new stream that is its end.
        var last: [TaskID: String] = [:]
        var lastRing = "0-0"
        do {
            while let ids = waitedFor() {
                last = last.filter { ids.contains($0.key) }
                try await begin(ids.filter { last[$0] == nil }, &last)
                var command = RESPCommand(
                    "XREAD", "BLOCK", Int(Self.timeout.components.seconds) * 1_000, "STREAMS", bell)
                command.append(contentsOf: ids.map { keys.results(of: $0) })
                command.append(lastRing)
                command.append(contentsOf: ids.map { last[$0] ?? "0-0" })
                let answer = try await client.block(command, timeout: Self.timeout)
                take(answer, ids, &last, &lastRing)
            }
        } catch {
            state.withLock { $0.run = nil }
            logger.debug("Results are looked at once a second", metadata: ["error": "\(error)"])
        }
    }

    /// The jobs that are waited for; `nil` if there are none left, and then this run is over.
    private func waitedFor() -> [TaskID]? {
        state.withLock { state in
            guard !state.ears.isEmpty, !state.isClosed else {
                state.run = nil
                return nil
            }
            return Array(state.ears.keys)
        }
    }

    /// Finds the ends of streams, and makes their waiters look once, so that nothing is missed in between.
    private func begin(_ ids: [TaskID], _ last: inout [TaskID: String]) async throws {
        guard !ids.isEmpty else { return }
        let ends = try await client.send(
            ids.map { RESPCommand("XREVRANGE", keys.results(of: $0), "+", "-", "COUNT", 1) })
        for (id, end) in zip(ids, ends) {
            last[id] = end.elements?.first?.elements?.first?.text ?? "0-0"
            ring(id)
        }
    }

    private func take(
        _ answer: RESPValue, _ ids: [TaskID], _ last: inout [TaskID: String], _ lastRing: inout String
    ) {
        let ofKey = Dictionary(ids.map { (keys.results(of: $0), $0) }, uniquingKeysWith: { $1 })
        for (key, entries) in Self.streams(in: answer) {
            guard let end = entries.last?.elements?.first?.text else { continue }
            if key == bell { lastRing = end }
            if let id = ofKey[key] {
                last[id] = end
                ring(id)
            }
        }
    }

    /// Reads a map of streams in RESP3, an array of pairs in RESP2.
    private static func streams(in answer: RESPValue) -> [(String, [RESPValue])] {
        var words: [RESPValue] = []
        switch answer {
        case .map(let all): words = all
        case .array(let pairs): words = pairs.flatMap { $0.elements ?? [] }
        default: return []
        }
        return stride(from: 0, to: words.count - 1, by: 2).compactMap { place in
            words[place].text.map { ($0, words[place + 1].elements ?? []) }
        }
    }

    private func ring(_ id: TaskID) {
        for ear in state.withLock({ $0.ears[id].map { Array($0.values) } ?? [] }) { ear.mustLook() }
    }
}
