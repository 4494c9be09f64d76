public import CeleriacCore
import Foundation
import CeleriacWire
import RESPClient
import RedisKit
import StoreKit

extension RedisStore: LetterArchive {
    /// Stores the letters as messages of this layout. Letters of a broker with another wire format are written in
    /// Celery's.
    public func bury(_ letters: [DeadLetter]) async throws {
        for part in letters.parts(of: 200) {
            var words = RESPWords()
            for letter in part {
                let message = prepare(Publication(letter.envelope, to: letter.queue), to: letter.queue)
                words.append(letter.id.rawValue)
                words.append(letter.queue.rawValue)
                words.append(letter.reason)
                words.append(String(format: "%.6f", letter.diedAt.timeIntervalSince1970))
                words.append(message.raw)
            }
            _ = try await run(Scripts.buryLetters, words)
        }
        await tendDeadLetters(of: Array(Set(letters.map(\.queue))))
    }

    public func deadLetters(
        in queue: QueueName?, after cursor: Cursor?, limit: Int
    ) async throws -> Page<DeadLetter> {
        let (last, limit) = (try cursor.map(ScoredCursor.init), limit.ofPage)
        guard limit > 0 else { return Page([], next: cursor) }
        let members = try await buried(in: queue, after: last, limit: limit)
        let letters = try await graves(of: members.map { TaskID($0.member) }).map(\.letter)
        return Page(letters, next: members.count < limit ? nil : members.last.map { ScoredCursor($0).cursor })
    }

    public func deadLetter(of id: TaskID) async throws -> DeadLetter? {
        try await grave(of: id)?.letter
    }

    public var deadLetterLimits: DeadLetterLimits? { options.deadLetters }

    public func droppedDeadLetters() async throws -> [QueueName: Int] {
        let queues = try await send(RESPCommand("HKEYS", keys.deadDropped)).texts
        guard !queues.isEmpty else { return [:] }
        var command = RESPCommand("HMGET", keys.deadDropped)
        command.append(contentsOf: queues)
        let counts = try await send(command).elements ?? []
        return zip(queues, counts).reduce(into: [:]) { dropped, pair in
            guard let queue = QueueName(rawValue: pair.0), let count = pair.1.text.flatMap(Int.init) else { return }
            dropped[queue] = count
        }
    }

    public func requeue(_ ids: [TaskID]) async throws -> Set<TaskID> {
        var requeued: Set<TaskID> = []
        for part in ids.uniqued.parts(of: 200) {
            let graves = try await graves(of: part)
            let messages = graves.map { prepareRequeue($0) }
            try await declare(Set(messages.map(\.queue)), deadline: client.configuration.deadline)
            let positions = try await run(Scripts.requeue, words(for: graves, messages))
            for index in try positions.indices(below: graves.count, of: "REQUEUE") { requeued.insert(graves[index].id) }
            wakeUps.ring(Set(messages.map(\.queue)))
        }
        return requeued
    }

    public func deleteDeadLetters(_ ids: [TaskID]) async throws -> Set<TaskID> {
        var deleted: Set<TaskID> = []
        for part in ids.uniqued.parts(of: 1_000) {
            let positions = try await run(Scripts.deleteDead, RESPWords(part.map(\.rawValue)))
            for index in try positions.indices(below: part.count, of: "DELETE") { deleted.insert(part[index]) }
        }
        return deleted
    }

    // MARK: Reading

    /// Returns the ids of letters and when they died, newest first.
    func buried(
        in queue: QueueName?, after cursor: ScoredCursor?, limit: Int
    ) async throws -> [(member: String, score: Double)] {
        let key = queue.map(keys.dead) ?? keys.dead
        guard let cursor else {
            return try await send(RESPCommand("ZREVRANGE", key, 0, limit - 1, "WITHSCORES")).scored
        }
        let score = "\(cursor.score)"
        let peers = try await send(RESPCommand("ZREVRANGEBYSCORE", key, score, score, "WITHSCORES")).scored
            .filter { cursor.isAfter($0.member) }.prefix(limit)
        guard peers.count < limit else { return Array(peers) }
        var command = RESPCommand("ZREVRANGEBYSCORE", key, "(\(score)", "-inf", "WITHSCORES")
        command.append(contentsOf: ["LIMIT", "0", String(limit - peers.count)])
        return peers + (try await send(command).scored)
    }

    func grave(of id: TaskID) async throws -> Grave? { try await graves(of: [id]).first }

    func graves(of ids: [TaskID]) async throws -> [Grave] {
        guard !ids.isEmpty else { return [] }
        var command = RESPCommand("HMGET", keys.deadMessages)
        command.append(contentsOf: ids.map(\.rawValue))
        let documents = try await send(command).elements ?? []
        return zip(ids, documents).compactMap { id, document in
            document.bytes.flatMap { DeadLetterDocument(parsing: $0) }.map { Grave(id: id, document: $0) }
        }
    }

    func queued(_ grave: Grave) -> QueuedMessage {
        var message = LyingMessage(
            raw: grave.document.raw, in: grave.document.queue, .dead, now: grave.document.diedAt
        ).message
        message.envelope = grave.letter.envelope
        message.deliveryCount = grave.document.deliveries
        return message
    }

    // MARK: Putting back

    /// Prepares the message as a first attempt, with its own tag. A message that cannot be read is put back unchanged.
    private func prepareRequeue(_ grave: Grave) -> PreparedMessage {
        guard let message = grave.message else {
            return PreparedMessage(id: grave.id, queue: grave.document.queue, priority: 0, raw: grave.document.raw)
        }
        let first = message.envelope.with {
            $0.retries = 0
            $0.history = []
        }
        return prepare(Publication(first, to: grave.document.queue), to: grave.document.queue)
    }

    /// The ARGV of ``Scripts/requeue``.
    private func words(for graves: [Grave], _ messages: [PreparedMessage]) -> RESPWords {
        var words: RESPWords = [graves.count]
        for (grave, message) in zip(graves, messages) {
            words.append(grave.id.rawValue)
            words.append(grave.document.header)
            words.append(keys.result(grave.call))
            words.append(forgottenDocument(of: grave.call))
            message.append(to: &words)
        }
        return words
    }
}

/// A dead letter with its id.
struct Grave: Sendable {
    let id: TaskID
    let document: DeadLetterDocument
    /// The message; `nil` if what was parked is not a message.
    let message: KombuMessage?

    init(id: TaskID, document: DeadLetterDocument) {
        self.id = id
        self.document = document
        message = try? KombuEnvelope.decode(document.raw, limits: RedisStore.limits)
    }

    /// The id of its call, or of the letter if the message cannot be read.
    var call: TaskID { message?.envelope.id ?? id }

    var letter: DeadLetter {
        DeadLetter(
            id: id, envelope: message?.envelope ?? .unreadable(id, document.raw), queue: document.queue,
            reason: document.reason, diedAt: document.diedAt)
    }
}

extension [TaskID] {
    /// The ids without repetitions, in order of first appearance.
    fileprivate var uniqued: [TaskID] {
        var seen: Set<TaskID> = []
        return filter { seen.insert($0).inserted }
    }
}
