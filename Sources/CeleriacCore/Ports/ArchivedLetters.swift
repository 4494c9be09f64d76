/// The dead letters of a broker that keeps none, stored in its result backend.
struct ArchivedLetters: DeadLetterStore {
    let archive: any LetterArchive
    let broker: any Broker

    var deadLetterLimits: DeadLetterLimits? { archive.deadLetterLimits }
    func droppedDeadLetters() async throws -> [QueueName: Int] { try await archive.droppedDeadLetters() }

    func deadLetters(in queue: QueueName?, after cursor: Cursor?, limit: Int) async throws -> Page<DeadLetter> {
        try await archive.deadLetters(in: queue, after: cursor, limit: limit)
    }

    func deadLetter(of id: TaskID) async throws -> DeadLetter? { try await archive.deadLetter(of: id) }

    /// Publishes first and deletes second, not in one transaction: a crash in between leaves the letter in place, so
    /// that it may be requeued twice but is never lost.
    func requeue(_ ids: [TaskID]) async throws -> Set<TaskID> {
        var requeued: Set<TaskID> = []
        for id in ids {
            guard let letter = try await archive.deadLetter(of: id) else { continue }
            let first = letter.envelope.with {
                $0.retries = 0
                $0.history = []
            }
            try await archive.forget(first.id)
            try await broker.publish([Publication(first, to: letter.queue)])
            _ = try await archive.deleteDeadLetters([id])
            requeued.insert(id)
        }
        return requeued
    }

    func deleteDeadLetters(_ ids: [TaskID]) async throws -> Set<TaskID> { try await archive.deleteDeadLetters(ids) }
}
