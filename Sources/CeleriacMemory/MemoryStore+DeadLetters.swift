#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
public import CeleriacCore

extension MemoryStore: LetterArchive {
    public func bury(_ letters: [DeadLetter]) async throws {
        change { ledger, _ in
            for letter in letters where ledger.deadLetters[letter.id]?.letter.diedAt != letter.diedAt {
                ledger.insert(letter, enqueuedAt: letter.diedAt.timeIntervalSinceReferenceDate)
            }
        }
    }

    public func deadLetters(
        in queue: QueueName?, after cursor: Cursor?, limit: Int
    ) async throws -> Page<DeadLetter> {
        let last = try cursor.map { cursor in
            guard let order = Int64(cursor.rawValue) else { throw cursor.refusal }
            return order
        }
        let limit = limit.ofPage
        guard limit > 0 else { return Page([], next: cursor) }
        let entries = change { ledger, _ in ledger.deadLetters.list(queue, before: last ?? .max, limit: limit) }
        let next = entries.count < limit ? nil : entries.last.map { Cursor(rawValue: "\($0.order)") }
        return Page(entries.map(\.letter), next: next)
    }

    public func deadLetter(of id: TaskID) async throws -> DeadLetter? {
        change { ledger, _ in ledger.deadLetters[id]?.letter }
    }

    public func droppedDeadLetters() async throws -> [QueueName: Int] {
        change { ledger, _ in ledger.deadLetters.dropped }
    }

    public func requeue(_ ids: [TaskID]) async throws -> Set<TaskID> {
        change { ledger, now in Set(ids.filter { ledger.requeueDeadLetter($0, now) }) }
    }

    public func deleteDeadLetters(_ ids: [TaskID]) async throws -> Set<TaskID> {
        change { ledger, _ in Set(ids.filter { ledger.removeDeadLetter($0) != nil }) }
    }
}
